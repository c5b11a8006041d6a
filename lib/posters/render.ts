// Draws one poster in this process: checks its data, draws on a host of its own, encodes in memory.
import { readFile } from "node:fs/promises";
import { CanvasError, toCanvasError } from "../errors.ts";
import { createAdaptedHost } from "../host.ts";
import type { HostContext } from "../host-context.ts";
import type { CanvasToBufferResult, Host, MissingPicture } from "../index.ts";
import { AbortController } from "../own-globals.ts";
import { withApiName } from "../settle.ts";
import { assertNotAborted, untilAborted } from "../signal.ts";
import { type Format, parseRenderOptions } from "./format.ts";
import { openPage } from "./page.ts";
import {
  asPoster,
  assertLength,
  type DrawingOf,
  type DrawnPoster,
  type LegacyPoster,
  type Poster,
} from "./poster.ts";
import { validate } from "./standard-schema.ts";
import { collectWarnings, type PosterWarning } from "./warnings.ts";

/** How one picture of a poster is made. Defaults come from the poster. */
export interface RenderOptions extends Format {
  /** Cancels the drawing, which then fails with `ABORTED`. */
  signal?: AbortSignal | undefined;
  /** Fails with `INCOMPLETE` where pictures or characters are missing. Default false. */
  strict?: boolean | undefined;
}

/** The options of `renderPoster`: in this process, a function can be given too. */
export interface RenderPosterOptions extends RenderOptions {
  /** Returns a stand-in for a picture that cannot be loaded. Default: the poster's own. */
  onPicture?: ((missing: MissingPicture) => unknown) | undefined;
}

/** A picture of a poster. */
export interface RenderedPoster {
  /** The bytes of the file. */
  data: Buffer;
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  type: "image/png" | "image/jpeg";
  /** What the picture lacks; empty for a whole one. */
  warnings: PosterWarning[];
  /** Milliseconds by stage. */
  stages: Partial<Record<RenderStage, number>>;
}

/** `data` checks the data, `draw` runs the poster's code, `export` makes the file. */
export type RenderStage = "data" | "draw" | "export";

/**
 * Draws a poster in this process.
 *
 * @param data the poster's data, which its schema checks. Default `{}`; without a schema, `null`
 * means `{}` too
 * @throws {CanvasError} by rejection: `DATA` (with `issues`) for data that the schema refuses,
 * `INCOMPLETE` (with `warnings`) in strict mode, `INVALID`, `ABORTED`, `DRAW` for what the poster's
 * code throws, `NO_CANVAS` for a page without one, and every code of an export
 * @example
 * const { data, type } = await renderPoster(poster, { nickname: "小满" }, { fileType: "jpg" });
 */
export function renderPoster<Data>(
  poster: Poster<Data>,
  data: unknown = {},
  options: RenderPosterOptions = {},
): Promise<RenderedPoster> {
  return withApiName("renderPoster", () => render(asPoster(poster), data, options, untilAborted));
}

/**
 * Draws as `renderPoster` does, but fails after an abort only when the poster's code has ended: a
 * child process must not begin its next job beside it. `inspect` looks at each picture that the
 * code exports.
 */
export function renderInChild<Data>(
  poster: Poster<Data>,
  data: unknown,
  options: RenderPosterOptions,
  inspect?: HostContext["inspect"],
): Promise<RenderedPoster> {
  const untilEnded: WaitForCode = (_, promise) => promise;
  return withApiName("renderPoster", () =>
    render(asPoster(poster), data, options, untilEnded, inspect),
  );
}

/** Waits for the poster's code: until it ends, or until the signal aborts. */
type WaitForCode = typeof untilAborted;

async function render(
  poster: Poster,
  rawData: unknown,
  given: RenderPosterOptions,
  wait: WaitForCode,
  inspect?: HostContext["inspect"],
): Promise<RenderedPoster> {
  const { signal = new AbortController().signal, strict, ...options } = parseRenderOptions(given);
  assertNotAborted(signal);
  const stages: RenderedPoster["stages"] = {};
  let last = performance.now();
  const passed = (stage: RenderStage) => {
    const now = performance.now();
    stages[stage] = now - last;
    last = now;
  };

  const data = await drawingCode(() => validate(poster.data, rawData), signal, wait);
  passed("data");
  const warnings = collectWarnings(options.onPicture ?? poster.onPicture, poster.host);
  const pixelRatio = options.pixelRatio ?? poster.pixelRatio ?? poster.host?.pixelRatio;
  const settings = { ...poster.host, pixelRatio, ...warnings.hooks };
  const host = createAdaptedHost(settings, (context) => ({
    ...context,
    ...(inspect && { inspect }),
  }));
  try {
    const drawing: DrawingOf<never> = { data, host, wx: host.wx, signal };
    const makePicture = await drawingCode(
      () => draw(poster, drawing, options, warnings.note),
      signal,
      wait,
    );
    passed("draw");
    assertNotAborted(signal);
    // Checked twice: an incomplete picture need not be encoded, and the export can add warnings,
    // since some draws finish only then.
    if (strict) warnings.assertNone();
    const picture = await makePicture();
    if (strict) warnings.assertNone();
    passed("export");
    return { ...picture, warnings: warnings.list, stages };
  } finally {
    await host.dispose();
  }
}

/**
 * Runs the poster's code, its schema too. What it throws becomes DRAW, unless it has one of this
 * library's codes.
 */
async function drawingCode<Result>(
  run: () => Promise<Result>,
  signal: AbortSignal,
  wait: WaitForCode,
): Promise<Result> {
  try {
    return await wait(signal, run());
  } catch (error) {
    // After an abort the failure is ABORTED: the code may throw anything in reaction to its signal.
    assertNotAborted(signal);
    const failure = toCanvasError(error, "DRAW");
    if (isPassedOn(failure.code)) throw failure;
    throw new CanvasError("DRAW", failure.reason, { cause: error });
  }
}

/** Codes that say what became of a whole render: a poster's code can throw them, but not mean it. */
const CODES_OF_RENDERS = ["ABORTED", "DISPOSED", "TIMEOUT", "MEMORY", "CRASHED", "LOAD"];

/** Whether a failure keeps a code: those are labels of counters, and name the status of an answer. */
function isPassedOn(code: unknown): boolean {
  if (typeof code !== "string" || CODES_OF_RENDERS.includes(code)) return false;
  return /^[A-Z][A-Z0-9_]{0,39}$/.test(code);
}

/** `INVALID` with this mark: the poster's own code makes a picture of another type than asked for. */
export type OwnTypeError = CanvasError & { isOwnType?: boolean };

type MakePicture = () => Promise<CanvasToBufferResult>;

/** Draws, and returns the function that makes the picture. */
async function draw(
  poster: Poster,
  drawing: DrawingOf<never>,
  options: Format,
  note: (message: string) => void,
): Promise<MakePicture> {
  const fileType = options.fileType ?? poster.fileType;
  const quality = options.quality ?? poster.quality;
  const { host, signal } = drawing;
  const exported = (canvas: { canvas?: object; canvasId?: string }) => () =>
    host.canvasToBuffer({ ...canvas, fileType, quality, signal });

  if ("miniProgram" in poster) {
    const picture = await openPage(poster.miniProgram, drawing, { fileType, quality }, note);
    return () => readPicture(host, picture, fileType);
  }
  const size = sizeOf(poster, drawing.data);
  if ("legacy" in poster) {
    const { canvasId = "poster" } = poster;
    host.mountCanvas({ canvasId, ...size });
    const path = await poster.legacy(drawing);
    return typeof path === "string"
      ? () => readPicture(host, path, fileType)
      : exported({ canvasId });
  }
  // A canvas node of the poster's size: it has createImage, and the export redraws it at the pixel
  // ratio.
  const { node: canvas } = host.mountCanvas({ id: "poster", type: "2d", ...size });
  Object.assign(canvas, size);
  await poster.draw({ ...drawing, canvas, context: canvas.getContext("2d") });
  return exported({ canvas });
}

function sizeOf(poster: DrawnPoster<never> | LegacyPoster<never>, data: never) {
  const side = (name: "width" | "height") => {
    const given = poster[name];
    const length = typeof given === "function" ? given(data) : given;
    assertLength(name, length);
    return length;
  };
  return { width: side("width"), height: side("height") };
}

/** Reads a picture that the code exported itself. It cannot be converted to another type. */
async function readPicture(
  host: Host,
  path: string,
  fileType: Format["fileType"],
): Promise<CanvasToBufferResult> {
  const data = await readFile(host.resolvePath(path));
  const { width, height, type: own } = await host.wx.getImageInfo({ src: path });
  const made = own === "jpeg" ? "jpg" : own;
  if (fileType !== undefined && made !== fileType) {
    const reason = `fileType: the poster's own code makes a ${made}, asked for ${fileType}`;
    throw Object.assign(new CanvasError("INVALID", reason), { isOwnType: true } as const);
  }
  return { data, width, height, type: made === "jpg" ? "image/jpeg" : "image/png" };
}
