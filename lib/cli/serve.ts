// npx wx-canvas-node serve: runs the poster service on a port.
import { statSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, Server, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { createPosterService, createRenderer } from "../posters/index.ts";
import { type Command, usageError } from "./command.ts";
import { MAX_PORT, MAX_TIMEOUT, wholeNumber } from "./numbers.ts";
import { askedToEnd } from "./signals.ts";

const HELP = `Usage: wx-canvas-node serve [folder] [options]

  [folder]              modules whose default export is definePoster({ … }); default posters

  --port <number>       default 8080, or PORT of the environment; 0 chooses one
  --host <address>      default 127.0.0.1; 0.0.0.0 for all interfaces
  --processes <number>  default: the machine's parallelism
  --timeout <ms>        for a poster; default 15000
  --lenient             answers with pictures that have holes, too

POSTER_SECRET of the environment signs links (GET). SIGTERM and Ctrl-C end it when what was
begun is answered.
`;

export const serve: Command = {
  help: HELP,
  async run(args, print) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        port: { type: "string", default: process.env.PORT ?? "8080" },
        host: { type: "string", default: "127.0.0.1" },
        processes: { type: "string" },
        timeout: { type: "string" },
        lenient: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const [folder = "posters", ...more] = positionals;
    if (more.length > 0) throw usageError(`one folder is enough, got ${positionals.join(" ")}`);
    const port = wholeNumber("port", values.port, { least: 0, most: MAX_PORT });
    const processes = wholeNumber("processes", values.processes);
    const timeout = wholeNumber("timeout", values.timeout, { most: MAX_TIMEOUT });
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw usageError(`${folder}: there is no such folder`);
    }
    const renderer = createRenderer({
      posters: folder,
      processes,
      timeout,
      retry: 1,
    });
    const service = createPosterService(renderer, {
      secret: process.env.POSTER_SECRET || undefined,
      strict: !values.lenient,
    });
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, service.listener);
    const silent = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      silent.add(socket);
      socket.once("close", () => silent.delete(socket));
    });
    server.on("request", ({ socket }) => silent.delete(socket));
    // Listen for signals before printing: a parent process may end this one at the first line.
    const asked = askedToEnd();
    try {
      await listening(server, port as number, values.host);
      const { port: chosen } = server.address() as AddressInfo;
      const host = values.host.includes(":") ? `[${values.host}]` : values.host;
      for (const name of renderer.names) print(`POST http://${host}:${chosen}/posters/${name}`);
      await asked;
    } finally {
      await service.close();
      await closed(server, silent);
    }
    return 0;
  },
};

/**
 * Milliseconds that a connection without requests stays open: longer than load balancers keep theirs
 * (usually 60 s), which would send a request over one that closes.
 */
const KEEP_ALIVE = 65_000;

/** Milliseconds for requests that have come meanwhile, which the service answers with 503. */
const LAST_ANSWERS = 1_000;

/** Ends a server; connections that have sent nothing yet are `silent`. */
function closed(server: ReturnType<typeof createServer>, silent: ReadonlySet<Socket>) {
  return new Promise<void>((resolve) => {
    const clock = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS);
    // From Node 26 on, an HTTP server that closes cuts off silent connections, too: their first
    // requests may be on their way.
    const { close }: Server = silent.size > 0 ? Server.prototype : server;
    close.call(server, () => {
      clearTimeout(clock);
      resolve();
    });
  });
}

function listening(server: ReturnType<typeof createServer>, port: number, host: string) {
  return new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => resolve());
  });
}
