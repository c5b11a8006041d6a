// Turns a decoded picture upright, a few rows at a time, so that other work runs in between.
import { once } from "node:events";
import { promisify } from "node:util";
import { crc32, createDeflate } from "node:zlib";
import { joinBytes } from "../bytes.ts";
import { createCanvas, type Image } from "../engine/engine.ts";
import { run } from "../procedure.ts";

/** Pixels that are turned at once: a few milliseconds of this thread. */
const STEP_PIXELS = 524_288;

/** The picture as a PNG whose pixels are stored upright, not packed: that takes the least time. */
export async function upright(image: Image, orientation: number): Promise<Buffer> {
  const { width: w, height: h } = image;
  const [width, height] = orientation > 4 ? [h, w] : [w, h];
  const rows = Math.min(height, Math.max(1, Math.floor(STEP_PIXELS / width)));
  const context = createCanvas(width, rows).getContext("2d");
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const parts = [Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header)];
  const deflate = createDeflate({ level: 0, chunkSize: STEP_PIXELS });
  deflate.on("data", (data) => parts.push(chunk("IDAT", data)));
  const ended = once(deflate, "end");
  const write = promisify<Buffer, void>((bytes, done) => deflate.write(bytes, done));
  for (let y = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y);
    context.setTransform(1, 0, 0, 1, 0, -y);
    context.clearRect(0, y, width, rows);
    context.transform(...turn(orientation, w, h));
    context.drawImage(image, 0, 0);
    await write(unfiltered(context.getImageData(0, 0, width, count).data, width, count));
  }
  deflate.end();
  await ended;
  return run(joinBytes([...parts, chunk("IEND", Buffer.alloc(0))]));
}

/** RGBA as PNG has it: each row behind a byte that says that it is not filtered. */
function unfiltered(data: Uint8ClampedArray, width: number, height: number): Buffer {
  const stride = 1 + width * 4;
  const bytes = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    bytes.set(data.subarray(y * width * 4, (y + 1) * width * 4), y * stride + 1);
  }
  return bytes;
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** Maps the stored pixels of a w × h picture to the upright ones, for orientations 2 to 8. */
function turn(orientation: number, w: number, h: number): Matrix {
  const turns: Matrix[] = [
    [-1, 0, 0, 1, w, 0],
    [-1, 0, 0, -1, w, h],
    [1, 0, 0, -1, 0, h],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, h, 0],
    [0, -1, -1, 0, h, w],
    [0, -1, 1, 0, 0, w],
  ];
  return turns[orientation - 2] as Matrix;
}
