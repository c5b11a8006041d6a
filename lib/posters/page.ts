// A mini-program page as a poster: opened with the data, its first picture taken.
import { fileURLToPath } from "node:url";
import { CanvasError } from "../errors.ts";
import type { Host } from "../index.ts";
import type { DrawingOf, PageOf } from "./poster.ts";

/** What is used of wx-canvas-node/miniprogram. */
interface MiniProgram {
  openMiniProgram(
    host: Host,
    options: { root: string },
  ): Promise<{
    openPage(url: string): Promise<{
      waitFor(what: "idle"): Promise<unknown>;
      export(): Promise<{ tempFilePath: string }[]>;
    }>;
  }>;
}

/** Opens the page, waits until it is done, and gives the path of the first picture it exported. */
export async function openPage<Data>(
  { root, page, done, options }: PageOf<Data>,
  { host, data }: DrawingOf<Data>,
): Promise<string> {
  const { openMiniProgram } = (await import("../miniprogram/index.ts")) as unknown as MiniProgram;
  const folder = root instanceof URL ? fileURLToPath(root) : root;
  const project = await openMiniProgram(host, { ...options, root: folder });
  const url = typeof page === "function" ? page(data) : withQuery(page, data);
  const opened = await project.openPage(url);
  await (done ? done(opened) : opened.waitFor("idle"));
  const [picture] = await opened.export();
  if (picture) return picture.tempFilePath;
  throw new CanvasError("NOT_FOUND", `the page ${url} exported no picture`);
}

/** Data of a page that is named by a text is its query. */
function withQuery(page: string, data: unknown): string {
  const query = Object.entries(data ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  if (query.length === 0) return page;
  return `${page}${page.includes("?") ? "&" : "?"}${query.join("&")}`;
}
