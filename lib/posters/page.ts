// Draws a mini-program page as a poster: opens it with the data and takes its picture.

import { fileURLToPath } from "node:url";
import type { Canvas } from "../engine/engine.ts";
import { CanvasError } from "../errors.ts";
import { contextOf } from "../host.ts";
import type { HostContext } from "../host-context.ts";
import { isUrl } from "../is-url.ts";
import type { ExportedPicture, Page } from "../miniprogram/index.ts";
import { sourceError } from "../miniprogram/source-error.ts";
import type { Report } from "../settle.ts";
import type { Format } from "./format.ts";
import type { DrawingOf, PageOf } from "./poster.ts";

/** The most errors of a page's code that are kept. */
const MAX_ERRORS = 100;

/**
 * Opens the page, waits until it is done, and returns the path of its picture: the one that `done`
 * returns, the first that the page exported, or that of its only canvas. What the page's user would
 * have seen, such as a toast, is noted as a warning.
 *
 * @throws what the page's code threw, if there is no picture for that reason; `NO_CANVAS` for a page
 * that exports nothing and has no canvas; `NOT_FOUND` for another without a picture
 */
export async function openPage<Data>(
  { root, page, done, options }: PageOf<Data>,
  { host, data }: DrawingOf<Data>,
  format: Pick<Format, "fileType" | "quality">,
  note: (message: string) => void,
): Promise<string> {
  const { openMiniProgram } = await import("../miniprogram/index.ts");
  const folder = isUrl(root) ? fileURLToPath(root) : root;
  const own = contextOf(host) as HostContext;
  const report = (options?.onError ?? own.settings.onError) as Report;
  const errors: unknown[] = [];
  const project = await openMiniProgram(host, {
    ...options,
    root: folder,
    onError(error) {
      if (errors.length < MAX_ERRORS) errors.push(error);
      report(error);
    },
  });
  const opened =
    typeof page === "function"
      ? await project.openPage(page(data))
      : await project.openPage(page, { query: queryOf(data) });
  const chosen = await (done ? done(opened) : opened.waitFor("idle"));
  const [picture] = isPicture(chosen) ? [chosen] : await opened.export();
  for (const warning of opened.warnings) note(String(warning));
  if (picture) return picture.tempFilePath;
  const thrown = errors.find((error) => !(error instanceof CanvasError));
  if (thrown !== undefined) throw sourceError(thrown);
  // The others are failures of `wx`, which need not matter to the picture.
  const { tempFilePath } = await exportOnlyCanvas(opened, errors as CanvasError[], format);
  return tempFilePath;
}

function isPicture(value: unknown): value is ExportedPicture {
  return typeof (value as ExportedPicture | null | undefined)?.tempFilePath === "string";
}

/** All canvases of a page, those of its components, too. */
const CANVASES = "* >>> canvas";

/** Exports the canvas of a page that only draws. */
async function exportOnlyCanvas(
  page: Page,
  [failure]: CanvasError[],
  format: object,
): Promise<ExportedPicture> {
  const failed = page.warnings.find(({ api }) => /^(canvasT|t)oTempFilePath$/.test(api));
  const count = await new Promise<number>((resolve) => {
    const query = page.instance.createSelectorQuery().selectAll(CANVASES).boundingClientRect();
    query.exec(([found]) => resolve((found as unknown[]).length));
  });
  if (!failed && count === 1 && isDrawn(page.select(CANVASES))) {
    return page.export(CANVASES, format);
  }
  const why = failed ?? failure?.message ?? page.warnings[0];
  const reason = `the page ${page.path} exported no picture${why ? `: ${why}` : ""}`;
  const code = count === 0 ? "NO_CANVAS" : "NOT_FOUND";
  throw new CanvasError(code, reason, { hint: hintFor(count) });
}

function hintFor(canvases: number): string {
  if (canvases === 0) return "it has no canvas";
  if (canvases === 1) return "";
  return `it has ${canvases} canvases: done: (page) => page.export("#id") chooses one`;
}

/** Whether any pixel is painted. */
function isDrawn(canvas: Canvas | null): boolean {
  if (!canvas || canvas.width * canvas.height === 0) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Uint32Array(data.buffer).some(Boolean);
}

/** The data as the query of a page that is named by a string: values become strings, lists JSON. */
export function queryOf(data: unknown): Record<string, string> {
  const texts = Object.entries({ ...(data as object) }).map(([name, value]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  return Object.fromEntries(texts);
}
