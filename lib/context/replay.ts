// Paints a record on its canvas: starts from the default state and the base transform, and restores
// the defaults.

import type { Args, Calls } from "../canvas/record/calls.ts";
import { changesState } from "../canvas/record/members.ts";
import { performer } from "../canvas/record/recorded-canvas.ts";
import { FrozenPicture, FrozenStyle } from "../canvas/record/referents.ts";
import { SaveStack } from "../canvas/record/save-stack.ts";
import { recordsSites, withSite } from "../canvas/record/site.ts";
import { createStyles } from "../canvas/record/styles.ts";
import { type CanvasEntry, ratioOf } from "../canvas/registry.ts";
import { forgetPutPixels, IDENTITY, type Matrix } from "../engine/changes.ts";
import {
  type Canvas,
  type CanvasPattern,
  type Image,
  type SKRSContext2D,
  scratchContext,
} from "../engine/engine.ts";
import { scaledFilter } from "../filter-lengths.ts";
import type { TextFonts } from "../fonts/text.ts";
import { apply, PROPERTIES } from "./members.ts";
import type { PathAt } from "./path.ts";
import { patternOf } from "./patterns.ts";

/** A picture that can be drawn, or undefined for one that could not be loaded. */
export type DrawablePicture = FrozenPicture | Image | Canvas | undefined;

/** The pictures of a record by the sources that it names. */
export type DrawablePictures = ReadonlyMap<unknown, DrawablePicture>;

/**
 * Paints the record; `reserve` keeps what is on the canvas. A call the engine refuses is dropped.
 */
export function replay(
  entry: CanvasEntry,
  record: Calls,
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
  const hasSites = recordsSites();
  for (let i = 0; i < record.length; i++) {
    const name = record.names[i] as string;
    const args = record.args[i] as Args;
    try {
      if (hasSites) withSite(args.site, () => player.play(name, args));
      else player.play(name, args);
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
  const perform = performer(context);
  const saves = new SaveStack(context);
  /** As it was set, and as the engine has it: that gets the font of each text. */
  let font = { css: context.font, engine: context.font };
  const fonts: (typeof font)[] = [];
  const styles = createStyles(context);
  const patterns = new Map<object, CanvasPattern>();

  function play(name: string, args: Args): void {
    // A font changes with the text that needs it.
    if (saves.isPending && changesState(name) && name !== "font") saves.flush();
    switch (name) {
      case "fill":
      case "stroke":
      case "clip":
        withPath(name, args);
        return;
      case "fillStyle":
      case "strokeStyle":
        setStyle(name, args);
        return;
      case "fillText":
      case "strokeText":
        writeText(name, args);
        return;
      case "font":
        font = { css: args[0] as string, engine: font.engine };
        return;
      case "save":
        saves.save();
        fonts.push(font);
        return;
      case "restore":
        saves.restore();
        font = fonts.pop() ?? font;
        return;
      case "drawImage":
        withPicture(args[0], (picture) => {
          apply(context, name, [picture, ...args.slice(1)]);
        });
        return;
      case "resetTransform":
        context.setTransform(base.x, 0, 0, base.y, 0, 0);
        return;
      case "setTransform":
        context.setTransform(base.x, 0, 0, base.y, 0, 0);
        perform("transform", args);
        return;
      case "setLineDash":
      // Clearing all of the canvas ends its record.
      case "clearRect":
        apply(context, name, args);
        return;
      // The engine's shadows and filters do not follow the transform.
      case "shadowOffsetX":
        context.shadowOffsetX = (args[0] as number) * base.x;
        return;
      case "shadowOffsetY":
        context.shadowOffsetY = (args[0] as number) * base.y;
        return;
      case "shadowBlur":
        context.shadowBlur = (args[0] as number) * base.x;
        return;
      case "filter":
        context.filter = scaledFilter(args[0] as string, base.x);
        return;
      case "addColorStop":
        styles.addColorStop(args);
        return;
      case "setPatternTransform":
        patterns.get(args[0] as object)?.setTransform(args[1] as Matrix);
        return;
      default:
        perform(name, args);
    }
  }

  /** The current transform applies to the whole path. */
  function withPath(method: "fill" | "stroke" | "clip", args: Args): void {
    const { path, length } = args[0] as PathAt;
    const rule = args.length > 1 ? [args[1]] : [];
    const built = path.ready(length, perform);
    if (built) apply(context, method, [built, ...rule]);
    else perform(method, rule);
  }

  /** Chooses the font here: it depends on the text, too, and a default font was never set. */
  function writeText(method: "fillText" | "strokeText", args: Args): void {
    const text = args[0] as string;
    const ready = textFonts.ready(text, font.css);
    if (ready.font !== font.engine) {
      saves.flush();
      perform("font", [ready.font]);
      font = { css: font.css, engine: ready.font };
    }
    perform(method, ready.text === text ? args : [ready.text, ...args.slice(1)]);
  }

  function setStyle(property: "fillStyle" | "strokeStyle", args: Args): void {
    const style = args[0];
    if (FrozenStyle.is(style)) context[property] = styled(style);
    else perform(property, args);
  }

  function withPicture<T>(source: unknown, use: (picture: Image | Canvas) => T): T | undefined {
    const picture = pictures.get(source);
    if (FrozenPicture.is(picture)) return picture.use(use);
    return picture && use(picture);
  }

  function styled(given: FrozenStyle): SKRSContext2D["fillStyle"] {
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

  function end(): void {
    saves.restoreAll();
    styles.restore();
  }

  return { play, end };
}
