// The legacy drawing context as callers see it.
import type {
  Canvas,
  CanvasGradient,
  CanvasPattern,
  Image,
  TextMetrics,
} from "../engine/engine.ts";

/** One recorded call. */
export interface Action {
  /**
   * The method's name. A property is recorded as its setter, `fillStyle` as `setFillStyle`; `fill`
   * and `fillRect` as `fillPath`, `stroke` and `strokeRect` as `strokePath`.
   */
  method: string;
  /** Its arguments, in order; for `fillPath`, `strokePath` and `clip` the calls of their path. */
  data: unknown[];
  /** The fill rule of `fillPath` and `clip`, if it is not `"nonzero"`. */
  rule?: "evenodd";
}

/**
 * The argument of draw()'s callback: `"drawCanvas:ok"`, or `"drawCanvas:fail …"` and the reason.
 */
export interface DrawResult {
  errMsg: string;
}

/**
 * What a legacy context draws: a path (of the package, a temp file, absolute), a `file:`,
 * `http(s):` or data URL, the bytes of a picture, an Image, or a canvas as it is at that moment. An
 * empty source draws nothing.
 */
export type ImageSource = string | Uint8Array | Image | Canvas | null | undefined;

/**
 * WeChat's legacy `CanvasContext`. Calls are recorded, and painted by {@link CanvasContext.draw}.
 * Lengths are logical pixels; on a canvas of a higher ratio everything is drawn sharp.
 *
 * A call with a coordinate that is missing or not a finite number is dropped, as by every canvas; a
 * colour or font that cannot be parsed leaves the previous one and warns once. Members can be
 * overwritten.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/CanvasContext.html
 * @example
 * const ctx = wx.createCanvasContext("poster");
 * ctx.setFillStyle("red");
 * ctx.fillRect(10, 10, 150, 75);
 * ctx.draw(false, () => wx.canvasToTempFilePath({ canvasId: "poster", success }));
 */
export interface CanvasContext {
  /** Colour, gradient or pattern of fills. Default black. */
  get fillStyle(): string | CanvasGradient;
  set fillStyle(style: string | CanvasGradient | CanvasPattern | undefined);
  /** Colour, gradient or pattern of strokes. Default black. */
  get strokeStyle(): string | CanvasGradient;
  set strokeStyle(style: string | CanvasGradient | CanvasPattern | undefined);
  /** CSS font; a size alone keeps the family. Default `"10px sans-serif"`. */
  font: string;
  /** From 0 to 1. Default 1. */
  globalAlpha: number;
  /** Default `"source-over"`. */
  globalCompositeOperation: string;
  /** Default `"butt"`. */
  lineCap: string;
  /** Default `"miter"`. */
  lineJoin: "bevel" | "round" | "miter";
  /** Logical pixels. Default 1. */
  lineWidth: number;
  /** Logical pixels. Default 0. */
  lineDashOffset: number;
  /** Default 10. */
  miterLimit: number;
  /** Logical pixels; follows the canvas's ratio, not the transform. Default 0. */
  shadowBlur: number;
  /** Default transparent. */
  shadowColor: string;
  /** Logical pixels; follows the canvas's ratio, not the transform. Default 0. */
  shadowOffsetX: number;
  /** Logical pixels; follows the canvas's ratio, not the transform. Default 0. */
  shadowOffsetY: number;
  /** Default `"start"`. */
  textAlign: string;
  /** `"normal"` means `"alphabetic"`, the default. */
  textBaseline: string;
  /** Default `"ltr"`. */
  direction: string;
  /** Default `"0px"`. */
  letterSpacing: string;
  /** CSS filter; its lengths follow the canvas's ratio. Default `"none"`. */
  filter: string;
  /** Default true. */
  imageSmoothingEnabled: boolean;
  /** Default `"high"`: a reduced picture is averaged, not sampled. */
  imageSmoothingQuality: string;

  setFillStyle(color: string | CanvasGradient | CanvasPattern | undefined): void;
  setStrokeStyle(color: string | CanvasGradient | CanvasPattern | undefined): void;
  /** Changes only the size of the font. */
  setFontSize(fontSize: number): void;
  setGlobalAlpha(alpha: number): void;
  setLineCap(lineCap: "butt" | "round" | "square"): void;
  setLineDash(pattern: number[], offset?: number): void;
  setLineJoin(lineJoin: "bevel" | "round" | "miter"): void;
  setLineWidth(lineWidth: number): void;
  setMiterLimit(miterLimit: number): void;
  setShadow(offsetX: number, offsetY: number, blur: number, color?: string): void;
  setTextAlign(align: "left" | "center" | "right"): void;
  setTextBaseline(textBaseline: "top" | "bottom" | "middle" | "normal"): void;
  getLineDash(): number[];

  save(): void;
  /** Without a save before it, does nothing. */
  restore(): void;
  scale(scaleWidth: number, scaleHeight: number): void;
  /** @param rotate radians, clockwise */
  rotate(rotate: number): void;
  translate(x: number, y: number): void;
  transform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  /** In logical pixels: the canvas's ratio stays underneath. */
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  resetTransform(): void;

  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  roundRect(x: number, y: number, width: number, height: number, radii?: number | number[]): void;
  /** Angles in radians, 0 at three o'clock. */
  arc(
    x: number,
    y: number,
    r: number,
    sAngle: number,
    eAngle: number,
    counterclockwise?: boolean,
  ): void;
  arcTo(x1: number, y1: number, x2: number, y2: number, radius: number): void;
  ellipse(
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
    rotation: number,
    startAngle: number,
    endAngle: number,
    counterclockwise?: boolean,
  ): void;
  quadraticCurveTo(cpx: number, cpy: number, x: number, y: number): void;
  bezierCurveTo(cp1x: number, cp1y: number, cp2x: number, cp2y: number, x: number, y: number): void;
  /** Fills the path so far, and keeps it. */
  fill(fillRule?: "nonzero" | "evenodd"): void;
  /** Strokes the path so far, and keeps it. */
  stroke(): void;
  /** Clips to the path so far, and keeps it. */
  clip(fillRule?: "nonzero" | "evenodd"): void;

  clearRect(x: number, y: number, width: number, height: number): void;
  /** Does not touch the path. */
  fillRect(x: number, y: number, width: number, height: number): void;
  /** Does not touch the path. */
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
  strokeText(text: string, x: number, y: number, maxWidth?: number): void;
  /** Measures at once, with the font as it is set now. */
  measureText(text: string): TextMetrics;

  drawImage(source: ImageSource, dx: number, dy: number): void;
  drawImage(source: ImageSource, dx: number, dy: number, dWidth: number, dHeight: number): void;
  drawImage(
    source: ImageSource,
    sx: number,
    sy: number,
    sWidth: number,
    sHeight: number,
    dx: number,
    dy: number,
    dWidth: number,
    dHeight: number,
  ): void;

  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradient;
  /** From the centre to the ring. */
  createCircularGradient(x: number, y: number, r: number): CanvasGradient;
  createRadialGradient(
    x0: number,
    y0: number,
    r0: number,
    x1: number,
    y1: number,
    r1: number,
  ): CanvasGradient;
  createConicGradient(startAngle: number, x: number, y: number): CanvasGradient;
  /** Returns undefined, with a warning, for an unknown repetition. */
  createPattern(
    image: ImageSource,
    repetition: "repeat" | "repeat-x" | "repeat-y" | "no-repeat",
  ): CanvasPattern | undefined;

  /** Takes what has been recorded, for `wx.drawCanvas`; the record is empty afterwards. */
  getActions(): Action[];
  /** Empties the record. */
  clearActions(): void;
  /**
   * Paints what has been recorded. State, transform, clip, save stack and path go back to their
   * defaults, reserved or not.
   *
   * Draws, exports and resizes of one canvas happen in the order in which they are asked for, so an
   * export may be asked for on the next line. A picture that cannot be loaded skips its call; the
   * rest is painted, and the draw reports which and why.
   *
   * @param reserve keeps what is on the canvas; otherwise it is cleared first. Default false.
   * @param callback called once, with `{ errMsg }`: `"drawCanvas:ok"` or `"drawCanvas:fail …"`.
   * Anything but a function is ignored. A failure goes to the host's onError, too, unless it is an
   * abort or a disposal that a callback gets.
   */
  draw(reserve?: boolean, callback?: (result: DrawResult) => void): void;
}
