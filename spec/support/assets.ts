// The pictures and paths of a host by themselves, and servers on loopback that count who comes.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTextFonts } from "../../lib/fonts/text.ts";
import type { Pictures } from "../../lib/images/picture.ts";
import { createPictures } from "../../lib/images/pictures.ts";
import type { HostOptions } from "../../lib/index.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { createPaths, type Paths } from "../../lib/sources/paths.ts";
import { createTempDirectory, type TempDirectory } from "../../lib/temp/temp-directory.ts";

export interface Assets {
  paths: Paths;
  pictures: Pictures;
  directory: TempDirectory;
}

/** Runs the test with the parts of a host of these settings; removes its temp directory then. */
export async function withAssets<T>(
  options: HostOptions,
  test: (assets: Assets) => Promise<T> | T,
): Promise<T> {
  const settings = parseSettings(options);
  const directory = createTempDirectory(settings.tempDir);
  const paths = createPaths(settings, directory);
  try {
    return await test({
      paths,
      directory,
      pictures: createPictures({
        settings,
        paths,
        directory,
        fonts: createTextFonts({ packages: false }),
        ending: new AbortController().signal,
      }),
    });
  } finally {
    await directory.remove();
  }
}

export interface LocalServer {
  origin: string;
  port: number;
  /** How many connections were made to it. */
  connections(): number;
  close(): Promise<void>;
}

/** A server on loopback. */
export async function serve(answer: RequestListener): Promise<LocalServer> {
  const server: Server = createServer(answer);
  let connections = 0;
  server.on("connection", () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
