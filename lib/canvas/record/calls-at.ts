// Finds the calls that painted a pixel: for tools that show where a picture comes from.
import { type Canvas, createCanvas } from "../../engine.ts";
import type { Args } from "./calls.ts";
import { isPainting } from "./members.ts";
import { createPlayer, type Player } from "./play.ts";
import { freezeRecord } from "./recorded-canvas.ts";
import { FrozenPath, FrozenPicture } from "./referents.ts";

/** A call that painted. */
export interface CallAt {
  /** Counted from the making of the canvas, property settings included. */
  index: number;
  method: string;
  /** The arguments as they were given; of `putImageData`, which pixels were put, and where. */
  args: readonly unknown[];
  /**
   * `file:line:column`, when {@link recordSites} was on; for a legacy context, where it recorded
   * the call.
   */
  site?: string;
}

/**
 * The calls since the canvas was cleared that painted the pixel, in their order: those that covered
 * it, shadows and half-transparent edges included, and those that changed it otherwise. Undefined
 * for a canvas whose calls are not known. Each painting call takes some microseconds.
 *
 * @param x pixels of the canvas, as is y
 * @example
 * const last = callsAt(canvas, 120, 40)?.at(-1);
 * // { index: 57, method: "fillText", args: ["Sale", 100, 50], site: "/app/poster.js:12:7" }
 */
export function callsAt(canvas: Canvas, x: number, y: number): CallAt[] | undefined {
  const record = freezeRecord(canvas);
  if (!record) return undefined;
  const [picture, alone] = [createProbe(x, y), createProbe(x, y)];
  const found: CallAt[] = [];
  try {
    picture.player.begin(record);
    alone.player.begin({ ...record, base: undefined });
    let before = picture.pixel();
    for (let i = 0; i < record.length; i++) {
      const method = record.names[i] as string;
      const args = record.args[i] as Args;
      if (isPainting(method)) alone.clear();
      for (const { player } of [picture, alone]) player.step(method, args);
      if (!isPainting(method)) continue;
      const after = picture.pixel();
      if (after !== before || alone.pixel() !== 0) {
        const call = { index: record.first + i, method, args: args.map(given) };
        found.push(args.site === undefined ? call : { ...call, site: args.site });
      }
      before = after;
    }
  } finally {
    for (const { player } of [picture, alone]) player.end();
  }
  return found;
}

interface Probe {
  player: Player;
  /** Makes the pixel transparent, whatever clip is set. */
  clear(): void;
  pixel(): number;
}

/** Makes a canvas that shows only that pixel. */
function createProbe(x: number, y: number): Probe {
  const context = createCanvas(1, 1).getContext("2d");
  const blank = context.createImageData(1, 1);
  const placement = { scaleX: 1, scaleY: 1, dx: -Math.floor(x), dy: -Math.floor(y) };
  return {
    player: createPlayer(context, placement, true),
    clear: () => context.putImageData(blank, 0, 0),
    pixel: () => new DataView(context.getImageData(0, 0, 1, 1).data.buffer).getUint32(0),
  };
}

function given(arg: unknown): unknown {
  if (FrozenPicture.is(arg)) return arg.image ?? arg;
  return arg instanceof FrozenPath ? arg.path : arg;
}
