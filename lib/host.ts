// A host: its settings, canvases and temp files, and the `wx` that drawing code sees.

import { createAnimationFrames } from "./canvas/animation-frames.ts";
import { setExporter } from "./canvas/exporter.ts";
import { createRegistry, markAsPage } from "./canvas/registry.ts";
import { runWith } from "./current-wx.ts";
import type { Canvas, Image } from "./engine/engine.ts";
import { CanvasError, invalid, toCanvasError, withApiNameSync } from "./errors.ts";
import type { CanvasToFileOptions, CanvasToFileResult } from "./export/canvas-to-file.ts";
import {
  type CanvasToBufferResult,
  canvasToBuffer,
  canvasToTempFilePath,
} from "./export/canvas-to-temp-file-path.ts";
import type { CanvasToTempFilePathOptions } from "./export/options.ts";
import { createTextFonts } from "./fonts/text.ts";
import type { HostContext } from "./host-context.ts";
import { loadImage } from "./images/load-image.ts";
import { createPictures } from "./images/pictures.ts";
import { withStandIns } from "./images/stand-ins.ts";
import { asyncDispose } from "./known-symbols.ts";
import { defineLate } from "./late.ts";
import { canvasToFile, createWx, loadFont } from "./late-rooms.ts";
import type { CanvasNode } from "./nodes/canvas-node.ts";
import {
  createRegisteredCanvas,
  type MountedCanvas,
  type MountOptions,
  mountCanvas,
  type RegisterOptions,
  registerCanvas,
  releaseCanvas,
  type ScopeOptions,
} from "./nodes/mount.ts";
import { AbortController } from "./own-globals.ts";
import type { HostOptions } from "./settings/options.ts";
import { parseSettings, type Settings } from "./settings/settings.ts";
import {
  answering,
  answerTurn,
  callSafely,
  reportUnhandled,
  settle,
  withApiName,
} from "./settle.ts";
import { aborted, assertNotAborted, listen } from "./signal.ts";
import { createPaths } from "./sources/paths.ts";
import { createTempDirectory } from "./temp/temp-directory.ts";
import { remove } from "./temp/temp-file.ts";
import type { CanvasToTempFilePath, Wx } from "./wx.ts";

/** One isolated world of canvases and temp files. All its functions work unbound. */
export interface Host extends AsyncDisposable {
  /**
   * Makes an engine canvas and registers it.
   *
   * @param canvasId any string that the scope does not have yet
   * @param width pixels, above 0; rounded
   * @param height pixels, above 0; rounded
   * @returns the canvas of `@napi-rs/canvas`; setting its sides beyond the limits throws
   * @throws {CanvasError} `INVALID` for a taken id or a wrong value, `TOO_LARGE` beyond the limits
   * @example
   * const canvas = host.createCanvas("poster", 750, 1334);
   * canvas.getContext("2d").fillRect(0, 0, 750, 1334);
   */
  createCanvas(canvasId: string, width: number, height: number, options?: ScopeOptions): Canvas;
  /**
   * Registers a canvas that the caller made with `@napi-rs/canvas`.
   *
   * @throws {CanvasError} `INVALID` for a taken id, or a canvas of another copy of the engine
   * @example
   * host.registerCanvas("chart", canvas, { pixelRatio: 2 });
   */
  registerCanvas(canvasId: string, canvas: Canvas, options?: RegisterOptions): void;
  /**
   * Mounts a canvas as `<canvas type="2d">` in WXML does, and gives its node.
   *
   * @throws {CanvasError} `INVALID` for a wrong value, `TOO_LARGE` beyond the limits
   * @example
   * const { node } = host.mountCanvas({ id: "chart", type: "2d", width: 375, height: 300 });
   * const context = node.getContext("2d");
   */
  mountCanvas(options: MountOptions & { type: "2d" }): MountedCanvas & { node: CanvasNode };
  /**
   * Mounts a canvas as `<canvas canvas-id="…">` in WXML does. A legacy canvas has
   * round(width × pixelRatio) × round(height × pixelRatio) pixels; a `type: "2d"` node starts at
   * 300 × 150 and is sized by the drawing code. Mounting the same id in the same scope again
   * resizes it and gives the same handle.
   *
   * @throws {CanvasError} `INVALID` for a wrong value, `TOO_LARGE` beyond the limits
   * @see https://developers.weixin.qq.com/miniprogram/dev/component/canvas.html
   * @example
   * const { resize, unmount } = host.mountCanvas({ canvasId: "poster", width: 375, height: 667 });
   */
  mountCanvas(options: MountOptions): MountedCanvas;
  /**
   * Marks an object as the page. Where code gives it as `component`, as in
   * `wx.createCanvasContext("poster", this)` in a page's method, it means the canvases of the page.
   * Any other object means the canvases that were mounted with it as `component`.
   *
   * @returns the object itself
   * @example
   * const page = host.markAsPage({ data: {}, onReady() { … } });
   * page.onReady();
   */
  markAsPage<Instance extends object>(instance: Instance): Instance;
  /**
   * Takes a canvas out of its scope; the pixels of one that the host made are given up at once.
   * An id that is not there is no error.
   */
  releaseCanvas(canvasId: string, component?: object | null): void;
  /**
   * Exports a region of a canvas, as it is at the moment of the call, to a temp file.
   *
   * Lengths of the region are logical pixels and are clamped to the canvas; the picture is
   * width × pixelRatio by height × pixelRatio unless `destWidth` and `destHeight` say otherwise.
   * The file lives until `releaseFile`, `dispose` or the end of the process: copy what you keep.
   *
   * @returns a promise when none of success, fail and complete is given, otherwise `undefined`
   * @throws {CanvasError} by rejection or `fail`: `NOT_FOUND`
   * (`"canvasToTempFilePath: fail canvas is empty"`), `INVALID`, `EMPTY_REGION`, `TOO_LARGE`,
   * `BUSY`, `ABORTED`, `ENCODE`, `DISPOSED`, or the system's code of a disk fault
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/wx.canvasToTempFilePath.html
   * @example
   * const { tempFilePath } = await host.canvasToTempFilePath({
   *   canvasId: "poster", x: 100, y: 200, width: 50, height: 50, destWidth: 100, destHeight: 100,
   * });
   */
  canvasToTempFilePath: CanvasToTempFilePath;
  /**
   * Exports to memory instead of a file, for a response or an upload. Takes the same options;
   * callbacks among them are ignored. Rejects like `canvasToTempFilePath`, without disk faults,
   * and with `INVALID` for a file type other than PNG and JPEG.
   *
   * @example
   * const { data, type } = await host.canvasToBuffer({ canvasId: "poster", fileType: "jpg" });
   * response.setHeader("content-type", type).end(data);
   */
  canvasToBuffer(
    options: CanvasToTempFilePathOptions,
    component?: object | null,
  ): Promise<CanvasToBufferResult>;
  /**
   * Exports to a file that the caller names: written whole or not at all, with the modes that the
   * umask leaves (a temp file is for its owner alone). The file name gives the type. Takes the same
   * options; rejects like `canvasToTempFilePath`, and for a file type other than PNG and JPEG.
   *
   * @example
   * await host.canvasToFile({ canvasId: "poster", path: "public/poster.jpg", quality: 0.8 });
   */
  canvasToFile(
    options: CanvasToFileOptions,
    component?: object | null,
  ): Promise<CanvasToFileResult>;
  /**
   * Deletes a file of this host's temp or user directory, given in either form; does nothing when
   * it is gone already.
   *
   * @throws {CanvasError} by rejection: `INVALID` for any other path, or the system's code
   */
  releaseFile(path: string): Promise<void>;
  /**
   * The real path of a file of this host's temp or user directory, given as `wxfile://…` or as
   * itself; the file need not be there.
   *
   * @throws {CanvasError} `INVALID` for any other path
   * @example
   * await copyFile(host.resolvePath(tempFilePath), "public/poster.png");
   */
  resolvePath(path: string): string;
  /**
   * Registers a font, for the whole process: a TTF, OTF, WOFF or WOFF2, by its path (anywhere on
   * this machine) or its bytes. It can be used when the call returns; failures reject. Loading the
   * same font again does nothing; disposing the host unloads no font.
   *
   * @throws {CanvasError} by rejection: `SOURCE` for a file that is no font, `INVALID` when the
   * family has another font of that style, or the system's code of a disk fault
   * @example
   * await host.loadFont("fonts/NotoSansSC-Regular.otf", "Noto Sans SC");
   */
  loadFont(source: string | URL | Uint8Array, family: string): Promise<void>;
  /**
   * Loads a picture for `drawImage` on any canvas, the right way up, from any source that drawing
   * code may name, under the host's policy and limits. The image belongs to the caller, and its
   * pixels live as long as it does.
   *
   * @param source a path, URL, data URI or bytes
   * @param options `signal` cancels the load
   * @returns a decoded image of `@napi-rs/canvas`; that of an SVG has the size that the SVG says,
   * with more pixels
   * @throws {CanvasError} by rejection: `SOURCE` with the reason, `TOO_LARGE` beyond `imagePixels`,
   * `ABORTED`
   * @example
   * const signal = AbortSignal.timeout(3000);
   * const image = await host.loadImage("https://cdn.example.com/a.png", { signal });
   * host.createCanvas("poster", 750, 1334).getContext("2d").drawImage(image, 0, 0, 750, 400);
   */
  loadImage(
    source: string | URL | Uint8Array | ArrayBuffer,
    options?: { signal?: AbortSignal | null | undefined },
  ): Promise<Image>;
  /** What mini-program code sees as `wx`. Its promises never end the process. */
  readonly wx: Wx;
  /**
   * Runs the callback. In it, and in all that follows from it (promises, timers, callbacks), the
   * global `wx` that `installWx()` puts there is this host's. So drawing code that uses the global
   * can serve requests at the same time. The requests share the state of its modules unless each
   * has a frame.
   *
   * @returns what the callback returns
   * @example
   * installWx(); // once, at the start
   * const file = await host.run(() => drawPoster());
   */
  run<Result>(callback: () => Result): Result;
  /**
   * Cancels the fetches, waits for the draws and exports under way, gives up the canvases and
   * deletes the temp files. Later calls fail with `DISPOSED`. `await using` calls it, too.
   */
  dispose(): Promise<void>;
}

/**
 * Makes a host: one isolated world of canvases and temp files, for one piece of work.
 *
 * @throws {CanvasError} `INVALID`, naming the setting
 * @example
 * const host = createHost({ pixelRatio: 2 });
 * try {
 *   // … draw and export …
 * } finally {
 *   await host.dispose();
 * }
 */
export function createHost(options?: HostOptions): Host {
  return createAdaptedHost(options, (context) => context);
}

/** Makes a host in which `adapt` replaces parts before anything uses them: for test hosts. */
export function createAdaptedHost(
  options: HostOptions | undefined,
  adapt: (context: HostContext) => HostContext,
): Host {
  return withApiNameSync("createHost", () => build(parseSettings(options), adapt));
}

const contexts = new WeakMap<object, HostContext>();

/** The context of a host, for other rooms of this library; undefined for any other object. */
export function contextOf(host: object): HostContext | undefined {
  return contexts.get(host);
}

function build(settings: Settings, adapt: (context: HostContext) => HostContext): Host {
  const underWay = new Set<Promise<unknown>>();
  const [stopping, ending] = [new AbortController(), new AbortController()];
  let disposal: Promise<void> | undefined;

  function assertAlive(): void {
    assertNotAborted(ending.signal);
  }

  async function answered<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      assertAlive();
      return await work();
    } finally {
      await answerTurn();
    }
  }

  /** Does work that `dispose` waits for. */
  function track<Result>(work: () => Promise<Result>): Promise<Result> {
    const hasEnded = ending.signal.aborted;
    const promise = answered(work);
    if (hasEnded) return promise;
    const done = () => underWay.delete(promise);
    underWay.add(promise);
    promise.then(done, done);
    return promise;
  }

  /** Makes a function of the host that answers at once. */
  function now<Args extends unknown[], Result>(api: string, run: (...args: Args) => Result) {
    return (...args: Args): Result =>
      withApiNameSync(api, () => {
        assertAlive();
        return run(...args);
      });
  }

  const { onError, onWarning } = settings;
  const directory = createTempDirectory(settings.tempDir);
  const paths = createPaths(settings, directory);
  const fonts = createTextFonts({
    packages: settings.fonts.packages,
    ...(onWarning && {
      onMissing: (message, characters) =>
        callSafely(onWarning, { code: "MISSING_CHARACTERS", message, characters }, onError),
    }),
  });
  const pictureHost = { settings, paths, directory, fonts, ending: ending.signal };
  const context = adapt({
    settings,
    registry: createRegistry((canvas) => setExporter(canvas, host.canvasToBuffer)),
    directory,
    paths,
    pictures: withStandIns(createPictures(pictureHost), pictureHost),
    frames: createAnimationFrames(onError),
    signal: stopping.signal,
    ending: ending.signal,
    assertAlive,
    pending: () => underWay.size,
    fonts,
    track,
    answer: answering(track, onError),
  });

  /** Ends the host: no work begins any more, fetches end, and all other work is waited for. */
  async function end(reason: CanvasError): Promise<void> {
    stopListening();
    ending.abort(reason);
    context.frames.stop();
    while (underWay.size > 0) await Promise.allSettled(underWay);
    context.registry.clear();
    await context.directory.remove();
  }

  /** Ends the host once; the next call tries again when the directory could not be removed. */
  function endOnce(reason: CanvasError): Promise<void> {
    disposal ??= end(reason).catch((error) => {
      disposal = undefined;
      throw error;
    });
    return disposal;
  }

  const dispose = () => endOnce(new CanvasError("DISPOSED", "the host has been disposed"));

  const members: Omit<Host, "wx"> = {
    createCanvas: now("createCanvas", (...args) => createRegisteredCanvas(context, ...args)),
    registerCanvas: now("registerCanvas", (...args) => registerCanvas(context, ...args)),
    mountCanvas: now("mountCanvas", (options: MountOptions) =>
      mountCanvas(context, options),
    ) as Host["mountCanvas"],
    markAsPage: now("markAsPage", asPage),
    releaseCanvas: now("releaseCanvas", (...args) => releaseCanvas(context, ...args)),
    canvasToTempFilePath: ((options, component) =>
      settle(
        "canvasToTempFilePath",
        options,
        () => track(() => canvasToTempFilePath(context, options, component)),
        settings.onError,
      )) as CanvasToTempFilePath,
    canvasToBuffer: (options, component) =>
      withApiName("canvasToBuffer", () => track(() => canvasToBuffer(context, options, component))),
    canvasToFile: (options, component) =>
      withApiName("canvasToFile", () => track(() => canvasToFile(context, options, component))),
    releaseFile: (path) =>
      withApiName("releaseFile", () => track(() => remove(known(path, paths.own(path))))),
    resolvePath: now("resolvePath", (path) => known(path, paths.named(path))),
    loadFont: (source, family) =>
      withApiName("loadFont", () => track(() => loadFont(paths, source, family))),
    loadImage: (source, options) =>
      withApiName("loadImage", () => track(() => loadImage(context, source, options))),
    run: now("run", runIn) as Host["run"],
    dispose,
    [asyncDispose]: () => host.dispose(),
  };
  const host = members as Host;
  defineLate(host, "wx", () => createWx(context));
  // What is loaded after a reset of jest's modules belongs to another copy of this library.
  if (process.env.JEST_WORKER_ID !== undefined) Reflect.get(host, "wx");
  contexts.set(host, context);
  function runIn(callback: unknown): unknown {
    if (typeof callback !== "function") throw invalid("callback", "a function", callback);
    return runWith(host.wx, () => callback());
  }
  let stopListening = () => {};
  if (settings.signal) {
    stopListening = listen(settings.signal, (cause) => {
      const reason = aborted("the host", cause);
      stopping.abort(reason);
      endOnce(reason).catch((error) => reportUnhandled(toCanvasError(error), settings.onError));
    });
  }
  return host;
}

function asPage<Instance extends object>(instance: Instance): Instance {
  const isObject = typeof instance === "object" || typeof instance === "function";
  if (!isObject || instance === null) throw invalid("instance", "an object", instance);
  markAsPage(instance);
  return instance;
}

function known(path: unknown, own: string | undefined): string {
  if (own === undefined) throw invalid("path", "a tempFilePath of this host", path);
  return own;
}
