// Draws a mini-program page as a poster: opens it with the data and takes its first picture.

import { fileURLToPath } from "node:url";
import { CanvasError } from "../errors.ts";
import { isUrl } from "../is-url.ts";
import type { DrawingOf, PageOf } from "./poster.ts";

/**
 * Opens the page, waits until it is done, and returns the path of the first picture it exported.
 * What the page's user would have seen, such as a toast, is noted as a warning.
 */
export async function openPage<Data>(
  { root, page, done, options }: PageOf<Data>,
  { host, data }: DrawingOf<Data>,
  note: (message: string) => void,
): Promise<string> {
  const { openMiniProgram } = await import("../miniprogram/index.ts");
  const folder = isUrl(root) ? fileURLToPath(root) : root;
  const project = await openMiniProgram(host, { ...options, root: folder });
  const opened =
    typeof page === "function"
      ? await project.openPage(page(data))
      : await project.openPage(page, { query: queryOf(data) });
  await (done ? done(opened) : opened.waitFor("idle"));
  const [picture] = await opened.export();
  for (const warning of opened.warnings) note(String(warning));
  if (picture) return picture.tempFilePath;
  throw new CanvasError("NOT_FOUND", `the page ${opened.path} exported no picture`);
}

/** The data as the query of a page that is named by a string: values become strings, lists JSON. */
export function queryOf(data: unknown): Record<string, string> {
  const texts = Object.entries({ ...(data as object) }).map(([name, value]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  return Object.fromEntries(texts);
}
