// The one door to the encoder: pixels become the bytes of a PNG or JPEG file, off the calling thread.

import { encodeWithEngine } from "./fallback.ts";
import type { EncodeJob, Picture } from "./job.ts";
import { encodeJpeg } from "./jpeg.ts";
import { local, type Machine } from "./machine.ts";
import { encodePng } from "./png.ts";
import { Pool } from "./pool.ts";

export type { EncodeJob, Picture } from "./job.ts";

/**
 * Pictures up to this many pixels are encoded in the calling thread, in 2 ms at most, hardly more than it takes
 * to ask another. A pixel of a PNG can take twenty times as long as one of a JPEG.
 */
const HERE = { png: 16_384, jpeg: 262_144 } as const;
/** How long, in milliseconds, pictures are encoded here before the event loop gets its turn. */
const TURN = 3;
/** A row must fit a stripe; wider pictures are left to the engine. */
const MOST_WIDTH = 1 << 20;

let pool: Pool | undefined;

/**
 * Encodes a picture; the same pixels and settings give the same bytes in every thread and on any number of
 * cores. Where the encoder fails (no WebAssembly SIMD, no memory, threads that die), the engine's own does it.
 */
export async function encodePixels(job: EncodeJob): Promise<Uint8Array<ArrayBuffer>> {
  const picture = check(job);
  if (picture.width > MOST_WIDTH) return encodeWithEngine(picture);
  try {
    if (picture.width * picture.height <= HERE[picture.type]) return await inTurn(picture);
    pool ??= new Pool();
    return await encodeWith(pool.machine, picture);
  } catch {
    return encodeWithEngine(picture);
  }
}

/** Encodes with the given machine: what encodePixels does once it has decided where. */
export function encodeWith(machine: Machine, picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  const encode = picture.type === "png" ? encodePng : encodeJpeg;
  return machine(picture, (run) => encode(picture, run));
}

function check(job: EncodeJob): Picture {
  const { width, height, background = [255, 255, 255] } = job;
  if (!(width > 0 && height > 0)) throw new RangeError(`no picture: ${width} × ${height} pixels`);
  const read: Picture["read"] = (pieces, receive) =>
    job.read(pieces, ({ buffer, byteOffset, byteLength }, rows) => {
      const [from, to] = rows;
      if (width * (to - from) * 4 !== byteLength) {
        const expected = `${width} × ${to - from} RGBA pixels`;
        throw new RangeError(`expected ${expected}, got ${byteLength} bytes`);
      }
      receive(new Uint8Array(buffer, byteOffset, byteLength), rows);
    });
  return { ...job, background, read };
}

let before: Promise<unknown> = Promise.resolve();
let began = 0;

/** One after another, with turns for the event loop between: hundreds may be asked for at once. */
function inTurn(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  const result = before.then(async () => {
    if (performance.now() - began > TURN) {
      await new Promise(setImmediate);
      began = performance.now();
    }
    return encodeWith(local, picture);
  });
  before = result.catch(() => {});
  return result;
}
