// Paints a record on its canvas: starts from the default state and the base transform, and restores
// the defaults.

import { scaledFilter } from "../canvas/record/play.ts";
import { FrozenPicture, FrozenStyle } from "../canvas/record/referents.ts";
import { SaveStack } from "../canvas/record/save-stack.ts";
import { withSite } from "../canvas/record/site.ts";
import { createStyles } from "../canvas/record/styles.ts";
import { type CanvasEntry, ratioOf } from "../canvas/registry.ts";
import {
  type Canvas,
  type CanvasPattern,
  type Image,
  type SKRSContext2D,
  scratchContext,
} from "../engine.ts";
import { forgetPutPixels, IDENTITY, type Matrix } from "../engine-changes.ts";
import type { TextFonts } from "../fonts/text.ts";
import { apply, PROPERTIES, type RecordedAction, SETTERS, STATE_METHODS } from "./members.ts";
import type { PathAt } from "./path.ts";
import { patternOf } from "./patterns.ts";
import type { Action } from "./types.ts";

/** A picture that can be drawn, or undefined for one that could not be loaded. */
export type DrawablePicture = FrozenPicture | Image | Canvas | undefined;

/** The pictures of a record by the sources that it names. */
export type DrawablePictures = ReadonlyMap<unknown, DrawablePicture>;

/**
 * Paints the record; `reserve` keeps what is on the canvas. A call the engine refuses is dropped.
 */
export function replay(
  entry: CanvasEntry,
  actions: readonly Action[],
  reserve: boolean,
  pictures: DrawablePictures,
  fonts: TextFonts,
): void {
  const { canvas } = entry;
  const context = canvas.getContext("2d");
  const base = ratioOf(entry);
  if (!reserve) {
    context.reset();
    forgetPutPixels(canvas);
  }
  context.save();
  // A canvas of the caller's own may have been left in any state.
  if (reserve) resetState(context);
  context.imageSmoothingQuality = "high";
  context.scale(base.x, base.y);
  const player = createPlayer(context, base, pictures, fonts);
  for (const { method, data, site } of actions as readonly RecordedAction[]) {
    try {
      if (site === undefined) player.play(method, data);
      else withSite(site, () => player.play(method, data));
    } catch {
      // The engine throws for, say, a negative radius: that call is not drawn.
    }
  }
  player.end();
  context.restore();
  context.beginPath();
}

const defaultContext = scratchContext(1, 1);

/** Resets the state as `reset` does, but keeps the pixels, and a clip, too. */
function resetState(context: SKRSContext2D): void {
  const defaults = defaultContext();
  for (const property of PROPERTIES) Object.assign(context, { [property]: defaults[property] });
  context.setLineDash([]);
  context.resetTransform();
  context.beginPath();
}

function createPlayer(
  context: SKRSContext2D,
  base: { x: number; y: number },
  pictures: DrawablePictures,
  textFonts: TextFonts,
) {
  const saves = new SaveStack(context);
  /** As it was set, and as the engine has it: that gets the font of each text. */
  let font = { css: context.font, engine: context.font };
  const fonts: (typeof font)[] = [];
  const styles = createStyles(context);
  const patterns = new Map<object, CanvasPattern>();

  /** Methods that need more than the same call on the engine's context. */
  const special: Record<string, (data: readonly unknown[]) => void> = {
    save() {
      saves.save();
      fonts.push(font);
    },
    restore() {
      saves.restore();
      font = fonts.pop() ?? font;
    },
    setFont([css]) {
      font = { css: css as string, engine: font.engine };
    },
    resetTransform: () => context.setTransform(base.x, 0, 0, base.y, 0, 0),
    setTransform(data) {
      context.setTransform(base.x, 0, 0, base.y, 0, 0);
      apply(context, "transform", data);
    },
    // The current transform applies to the whole path.
    fill: (data) => withPath("fill", data),
    stroke: (data) => withPath("stroke", data),
    clip: (data) => withPath("clip", data),
    drawImage([source, ...place]) {
      withPicture(source, (picture) => apply(context, "drawImage", [picture, ...place]));
    },
    setFillStyle([style]) {
      context.fillStyle = styled(style);
    },
    setStrokeStyle([style]) {
      context.strokeStyle = styled(style);
    },
    addColorStop: styles.addColorStop,
    setPatternTransform([style, matrix]) {
      patterns.get(style as object)?.setTransform(matrix as Matrix);
    },
    fillText: (data) => writeText("fillText", data),
    strokeText: (data) => writeText("strokeText", data),
    // The engine's shadows and filters do not follow the transform.
    setShadowOffsetX([offset]) {
      context.shadowOffsetX = (offset as number) * base.x;
    },
    setShadowOffsetY([offset]) {
      context.shadowOffsetY = (offset as number) * base.y;
    },
    setShadowBlur([blur]) {
      context.shadowBlur = (blur as number) * base.x;
    },
    setFilter([filter]) {
      context.filter = scaledFilter(filter as string, base.x);
    },
  };

  function withPath(method: "fill" | "stroke" | "clip", [at, ...rule]: readonly unknown[]): void {
    const { path, length } = at as PathAt;
    path.use(length, context, (built) => {
      apply(context, method, built ? [built, ...rule] : rule);
    });
  }

  /** Chooses the font here: it depends on the text, too, and a default font was never set. */
  function writeText(
    method: "fillText" | "strokeText",
    [text, ...place]: readonly unknown[],
  ): void {
    const ready = textFonts.ready(text as string, font.css);
    if (ready.font !== font.engine) {
      saves.flush();
      context.font = ready.font;
      font = { css: font.css, engine: ready.font };
    }
    apply(context, method, [ready.text, ...place]);
  }

  function withPicture<T>(source: unknown, use: (picture: Image | Canvas) => T): T | undefined {
    const picture = pictures.get(source);
    if (FrozenPicture.is(picture)) return picture.use(use);
    return picture && use(picture);
  }

  function styled(given: unknown): SKRSContext2D["fillStyle"] {
    if (!FrozenStyle.is(given)) return given as string;
    const info = patternOf(given.style);
    if (!info) return styles.playable(given);
    const pattern =
      patterns.get(given.style) ??
      withPicture(info.source, (picture) => context.createPattern(picture, info.repetition));
    // A pattern whose picture is missing fills with nothing.
    if (!pattern) return given.style as CanvasPattern;
    if (!patterns.has(given.style)) pattern.setTransform(given.transform ?? IDENTITY);
    patterns.set(given.style, pattern);
    return pattern;
  }

  return {
    play(method: string, data: readonly unknown[]) {
      const own = special[method];
      const property = SETTERS.get(method);
      if ((property && property !== "font") || STATE_METHODS.has(method)) saves.flush();
      if (own) own(data);
      else if (property) Object.assign(context, { [property]: data[0] });
      else apply(context, method, data);
    },
    end() {
      saves.restoreAll();
      styles.restore();
    },
  };
}
