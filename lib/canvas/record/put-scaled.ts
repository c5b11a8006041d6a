// Draws put pixels at another size: smoothed, and regardless of clips, as putting does.
import { createCanvas, free, ImageData, type SKRSContext2D } from "../../engine/engine.ts";
import { withCanvas } from "../pool.ts";
import type { Placement } from "./calls.ts";
import type { FrozenPixels } from "./referents.ts";

export function putScaled(
  context: SKRSContext2D,
  { x, y, width, height, data }: FrozenPixels,
  { scaleX, scaleY, dx, dy }: Placement,
): void {
  const across = span(x * scaleX + dx, width * scaleX, context.canvas.width);
  const down = span(y * scaleY + dy, height * scaleY, context.canvas.height);
  if (across.pixels <= 0 || down.pixels <= 0) return;
  const source = createCanvas(width, height);
  source.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  const size = { width: across.pixels, height: down.pixels };
  withCanvas(size, (canvas) => {
    const scaled = canvas.getContext("2d");
    const place = [across.start, down.start, across.length, down.length] as const;
    if (!(across.isWhole && down.isWhole)) {
      // Where an edge covers a part of a pixel, the rest of what is there stays.
      scaled.putImageData(
        context.getImageData(across.from, down.from, size.width, size.height),
        0,
        0,
      );
      scaled.clearRect(...place);
      scaled.globalCompositeOperation = "lighter";
    }
    scaled.imageSmoothingQuality = "high";
    scaled.drawImage(source, ...place);
    const pixels = scaled.getImageData(0, 0, size.width, size.height);
    context.putImageData(pixels, across.from, down.from);
  });
  free(source);
}

/** The pixels that a length touches, and where it starts in them. */
function span(start: number, length: number, limit: number) {
  const from = Math.max(0, Math.floor(start + 1e-6));
  const to = Math.min(limit, Math.ceil(start + length - 1e-6));
  const isWhole = [start, start + length].every((edge) => Math.abs(edge - Math.round(edge)) < 1e-6);
  return { from, pixels: to - from, start: start - from, length, isWhole };
}
