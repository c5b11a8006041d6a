// Maps each pixel of a picture to the call that painted it: for tools that show where a picture
// comes from.
import type { Size } from "../../limits.ts";
import type { Rectangle } from "../hold.ts";
import type { Args, FrozenRecord, Placement } from "./calls.ts";
import { createCoverage, type Owners } from "./coverage.ts";
import { isPainting } from "./members.ts";
import { FrozenPicture } from "./referents.ts";

/** A call that paints. */
export interface PaintingCall {
  method: string;
  /** As the record has them: frozen, with the place in the source. */
  args: Args;
}

/** The calls that made a picture, and which of them each pixel shows. */
export interface CallMap extends Owners {
  /** In their order; those that drew a canvas stand before the call that draws that canvas. */
  calls: PaintingCall[];
}

/** Most calls × pixels: a larger map has fewer pixels, since finding a call's pixels takes long. */
const MAX_WORK = 200_000_000;

/**
 * Maps a part of a canvas, in pixels of the canvas, to a picture of that size; of a smaller one
 * where there are many calls. A pixel shows the last call that covered it, or that changed it
 * otherwise. The images of the record must have their pixels.
 */
export function mapCalls(record: FrozenRecord, part: Rectangle, wanted: Size): CallMap {
  const scale = Math.min(1, Math.sqrt(MAX_WORK / workOf(record, wanted)));
  const width = Math.max(1, Math.round(wanted.width * scale));
  const height = Math.max(1, Math.round(wanted.height * scale));
  const [scaleX, scaleY] = [width / part.width, height / part.height];
  const placement = { scaleX, scaleY, dx: -part.x * scaleX, dy: -part.y * scaleY };
  const mapper = createMapper();
  const { owners } = mapper.map(record, { width, height }, placement);
  return { width, height, owners, calls: mapper.calls };
}

/** In painting calls × pixels. */
function workOf({ names, length }: FrozenRecord, { width, height }: Size): number {
  return names.slice(0, length).filter(isPainting).length * width * height;
}

function createMapper() {
  const calls: PaintingCall[] = [];
  const numbers = new Map<Args, number>();
  const canvases = new Map<FrozenPicture, Owners | undefined>();
  let workLeft = MAX_WORK;

  /** A call of a canvas that is drawn several times has one number. */
  function numberOf(method: string, args: Args): number {
    const number = numbers.get(args) ?? calls.push({ method, args });
    numbers.set(args, number);
    return number;
  }

  /** The owners of a canvas that a call draws, where its calls are known. */
  function ownersOf(source: unknown): Owners | undefined {
    if (!FrozenPicture.is(source) || !source.record) return undefined;
    if (!canvases.has(source)) {
      workLeft -= workOf(source.record, source.size);
      const placement = { scaleX: 1, scaleY: 1, dx: 0, dy: 0 };
      canvases.set(source, workLeft < 0 ? undefined : map(source.record, source.size, placement));
    }
    return canvases.get(source);
  }

  function map(record: FrozenRecord, { width, height }: Size, placement: Placement): Owners {
    const owners = new Uint32Array(width * height);
    const coverage = createCoverage(record, { width, height }, placement);
    try {
      for (let i = 0; i < record.length; i++) {
        const method = record.names[i] as string;
        const args = record.args[i] as Args;
        if (!isPainting(method)) {
          coverage.step(method, args);
          continue;
        }
        const drawn = ownersOf(args[0]);
        const number = numberOf(method, args);
        const place = coverage.paint(method, args, (pixel) => {
          owners[pixel] = number;
        });
        if (!drawn || !place) continue;
        coverage.project(drawn, args, place, (pixel, owner) => {
          if (owners[pixel] === number) owners[pixel] = owner;
        });
      }
    } finally {
      coverage.end();
    }
    return { width, height, owners };
  }

  return { calls, map };
}

/** The record, and those of the canvases that its calls draw. */
export function recordsIn(
  record: FrozenRecord,
  all: Set<FrozenRecord> = new Set(),
): Set<FrozenRecord> {
  all.add(record);
  for (const [source] of record.args.slice(0, record.length)) {
    if (!FrozenPicture.is(source) || !source.record || all.has(source.record)) continue;
    recordsIn(source.record, all);
  }
  return all;
}
