// Paints a record on its canvas: from the defaults, over the base transform, and back to them.

import { free } from "../canvas/pool.ts";
import { type CanvasEntry, ratioOf } from "../canvas/registry.ts";
import type { Canvas } from "../engine.ts";
import { type Image, isCanvas, type SKRSContext2D, scratchContext } from "../engine.ts";
import { forgetPutPixels } from "../engine-changes.ts";
import type { TextFonts } from "../fonts/text.ts";
import { apply } from "./canvas-context.ts";
import { type Action, PROPERTIES, SETTERS } from "./members.ts";
import { patternOf } from "./patterns.ts";

/** A picture that can be drawn, or undefined for one that could not be loaded. */
export type DrawablePicture = Image | Canvas | undefined;

/** The pictures of a record by the sources that it names. */
export type DrawablePictures = ReadonlyMap<unknown, DrawablePicture>;

/** Paints the record; `reserve` keeps what is on the canvas. A call the engine refuses is dropped. */
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
  for (const { method, data } of actions) {
    try {
      player.play(method, data);
    } catch {
      // The engine throws for, say, a negative radius: that call is not drawn.
    }
  }
  player.restoreAll();
  context.restore();
  context.beginPath();
}

const defaultContext = scratchContext(1, 1);

/** What `reset` does, except that the pixels stay; a clip stays, too. */
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
  fonts: TextFonts,
) {
  let saved = 0;

  function restore() {
    if (saved === 0) return;
    saved--;
    context.restore();
  }

  /** What is more than the same call on the engine's context. */
  const special: Record<string, (data: readonly unknown[]) => void> = {
    save() {
      saved++;
      context.save();
    },
    restore,
    resetTransform: () => context.setTransform(base.x, 0, 0, base.y, 0, 0),
    setTransform(data) {
      context.setTransform(base.x, 0, 0, base.y, 0, 0);
      apply(context, "transform", data);
    },
    drawImage([source, ...place]) {
      const picture = pictures.get(source);
      if (!picture) return;
      apply(context, "drawImage", [picture, ...place]);
      // The copy that the record made of a canvas: many of them rendered at once are gigabytes.
      if (isCanvas(source)) free(source);
    },
    setFillStyle([style]) {
      context.fillStyle = styled(style);
    },
    setStrokeStyle([style]) {
      context.strokeStyle = styled(style);
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
      context.filter = (filter as string).replace(
        /(-?(?:\d+\.?\d*|\.\d+))px/g,
        (_, length) => `${length * base.x}px`,
      );
    },
  };

  /** Its font is chosen here: it depends on the text, too, and a default was never set. */
  function writeText(
    method: "fillText" | "strokeText",
    [text, ...place]: readonly unknown[],
  ): void {
    const { font } = context;
    const ready = fonts.ready(text as string, font);
    if (ready.font !== font) context.font = ready.font;
    apply(context, method, [ready.text, ...place]);
    if (ready.font !== font) context.font = font;
  }

  function styled(style: unknown): SKRSContext2D["fillStyle"] {
    const pattern = patternOf(style);
    const picture = pattern && pictures.get(pattern.source);
    // One whose picture is missing fills with nothing.
    if (!picture) return style as string;
    return context.createPattern(picture, pattern.repetition) ?? (style as string);
  }

  return {
    play(method: string, data: readonly unknown[]) {
      const own = special[method];
      const property = SETTERS.get(method);
      if (own) own(data);
      else if (property) (context as unknown as Record<string, unknown>)[property] = data[0];
      else apply(context, method, data);
    },
    restoreAll() {
      while (saved > 0) restore();
    },
  };
}
