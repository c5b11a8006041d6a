// Finds the pixels that each call of a record painted.
import { type Canvas, createCanvas, type SKRSContext2D } from "../../engine/engine.ts";
import type { Size } from "../../limits.ts";
import type { Rectangle } from "../hold.ts";
import type { Args, FrozenRecord, Placement } from "./calls.ts";
import { createPlayer, type Player } from "./play.ts";

/** For each pixel, row by row: the number of the call that it shows, from 1; 0 for none. */
export interface Owners extends Size {
  owners: Uint32Array;
}

/** A record that is played call by call. */
export interface Coverage {
  /** Plays a call that does not paint. */
  step(name: string, args: Args): void;
  /**
   * Plays a call that paints, and calls back for each pixel that it covers or changes. Returns a
   * rectangle around them, if there are any.
   */
  paint(name: string, args: Args, found: (pixel: number) => void): Rectangle | undefined;
  /**
   * For a call that drew a canvas there: calls back for each pixel with the owner that the canvas
   * has at the place that the pixel shows.
   */
  project(
    drawn: Owners,
    args: Args,
    place: Rectangle,
    found: (pixel: number, owner: number) => void,
  ): void;
  end(): void;
}

/** A pixel of the small canvas that finds the place of a call is so many pixels wide. */
const COARSE = 8;

/** Operations that show nothing, or too much, on an empty canvas: their changes count. */
const CHANGES = /^(?:source-(?!over)|destination-|copy|xor)/;

export function createCoverage(record: FrozenRecord, size: Size, placement: Placement): Coverage {
  const { width, height } = size;
  const all = { x: 0, y: 0, width, height };
  const picture = createProbe(size, placement);
  // Each call by itself, since what it paints may look like what is there.
  const alone = createProbe(size, placement);
  // Reading pixels takes the time: a small picture shows first where to read.
  const coarse = createProbe(
    { width: Math.ceil(width / COARSE), height: Math.ceil(height / COARSE) },
    {
      scaleX: placement.scaleX / COARSE,
      scaleY: placement.scaleY / COARSE,
      dx: placement.dx / COARSE,
      dy: placement.dy / COARSE,
    },
  );
  picture.player.begin(record);
  for (const { player } of [alone, coarse]) player.begin({ ...record, base: undefined });

  function eachIn(
    { x, y, width: across, height: down }: Rectangle,
    look: (i: number, pixel: number) => void,
  ) {
    for (let row = 0; row < down; row++) {
      const first = (y + row) * width + x;
      for (let column = 0; column < across; column++) look(row * across + column, first + column);
    }
  }

  /** Where the call paints by itself, with some pixels around it. */
  function placeOf(name: string, args: Args): Rectangle | undefined {
    coarse.player.step(name, args);
    const box = boxOf(coarse.read(), coarse.size);
    coarse.clear();
    if (!box) return undefined;
    const x = Math.max(0, (box.x - 1) * COARSE);
    const y = Math.max(0, (box.y - 1) * COARSE);
    const right = Math.min(width, (box.x + box.width + 1) * COARSE);
    const bottom = Math.min(height, (box.y + box.height + 1) * COARSE);
    return { x, y, width: right - x, height: bottom - y };
  }

  return {
    step(name, args) {
      for (const { player } of [picture, alone]) player.step(name, args);
      // However transparent a call is, its place is found.
      if (name !== "globalAlpha") coarse.player.step(name, args);
    },
    paint(name, args, found) {
      const isChange =
        name === "clearRect" ||
        name === "putImageData" ||
        CHANGES.test(alone.context.globalCompositeOperation);
      if (isChange) {
        const before = picture.read(all);
        picture.player.step(name, args);
        const after = picture.read(all);
        for (let i = 0; i < after.length; i++) if (after[i] !== before[i]) found(i);
        return all;
      }
      picture.player.step(name, args);
      const place = placeOf(name, args);
      if (!place) return undefined;
      alone.player.step(name, args);
      const pixels = alone.read(place);
      alone.clear(place);
      eachIn(place, (i, pixel) => {
        if (pixels[i] !== 0) found(pixel);
      });
      return place;
    },
    project(drawn, [, ...to], place, found) {
      const { context } = alone;
      context.save();
      // The owners as colours, none of which may be blended.
      Object.assign(context, {
        globalAlpha: 1,
        globalCompositeOperation: "source-over",
        filter: "none",
        shadowColor: "transparent",
        imageSmoothingEnabled: false,
      });
      context.drawImage(pictureOf(drawn), ...(to as [number, number]));
      context.restore();
      const colours = alone.read(place);
      alone.clear(place);
      eachIn(place, (i, pixel) => {
        const colour = colours[i] as number;
        if (colour >>> 24 === 255) found(pixel, colour & 0xffffff);
      });
    },
    end() {
      for (const { player } of [picture, alone, coarse]) player.end();
    },
  };
}

interface Probe {
  context: SKRSContext2D;
  player: Player;
  size: Size;
  /** The pixels of a part, one number each. */
  read(part?: Rectangle): Uint32Array;
  /** Makes a part transparent, ignoring the clip. */
  clear(part?: Rectangle): void;
}

function createProbe(size: Size, placement: Placement): Probe {
  const context = createCanvas(size.width, size.height).getContext("2d");
  const whole = { x: 0, y: 0, ...size };
  return {
    context,
    player: createPlayer(context, placement),
    size,
    read({ x, y, width, height } = whole) {
      return new Uint32Array(context.getImageData(x, y, width, height).data.buffer);
    },
    clear({ x, y, width, height } = whole) {
      context.putImageData(context.createImageData(width, height), x, y);
    },
  };
}

/** The rectangle around the pixels that are not transparent. */
function boxOf(pixels: Uint32Array, { width }: Size): Rectangle | undefined {
  let [left, right, top, bottom] = [width, -1, -1, -1];
  for (const [i, pixel] of pixels.entries()) {
    if (pixel === 0) continue;
    const x = i % width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    bottom = Math.floor(i / width);
    if (top < 0) top = bottom;
  }
  if (right < 0) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** A picture of owners as opaque colours; transparent where there is none. */
function pictureOf({ width, height, owners }: Owners): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (const [i, owner] of owners.entries()) if (owner > 0) words[i] = (0xff000000 | owner) >>> 0;
  context.putImageData(image, 0, 0);
  return canvas;
}
