// Reads GIF: keeps the first frame and its transparency, without comments and animation.
import type { Procedure } from "../../procedure.ts";
import {
  corrupt,
  type Inspected,
  KeptParts,
  MAX_GIF_BLOCKS,
  STEP_PARTS,
  truncated,
} from "./format.ts";

const SCREEN_BYTES = 13;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const FRAME = 0x2c;
const TRAILER: Buffer = Buffer.from([0x3b]);

export function* readGif(file: Buffer): Procedure<Inspected> {
  const byte = (at: number) => file[at] ?? 0;
  const colours = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let parts = 0;
  function* afterBlocks(start: number): Procedure<number> {
    let at = start;
    for (;;) {
      // The empty block at the end counts, too: extensions may have no other.
      if (++parts % STEP_PARTS === 0) yield;
      if (parts > MAX_GIF_BLOCKS) throw corrupt("GIF");
      if (byte(at) === 0) break;
      at += 1 + byte(at);
    }
    if (at >= file.length) throw truncated("GIF");
    return at + 1;
  }
  const start = SCREEN_BYTES + colours(byte(10));
  let control: [from: number, to: number] | undefined;
  for (let at = start; at + 10 <= file.length; ) {
    if (byte(at) === EXTENSION) {
      const end = yield* afterBlocks(at + 2);
      if (byte(at + 1) === GRAPHIC_CONTROL) control = [at, end];
      at = end;
      continue;
    }
    if (byte(at) !== FRAME) throw corrupt("GIF");
    // A first frame that is larger than the screen enlarges the picture.
    const [left, top] = [file.readUInt16LE(at + 1), file.readUInt16LE(at + 3)];
    const width = Math.max(file.readUInt16LE(6), left + file.readUInt16LE(at + 5));
    const height = Math.max(file.readUInt16LE(8), top + file.readUInt16LE(at + 7));
    const end = yield* afterBlocks(at + 11 + colours(byte(at + 9)));
    if (width === 0 || height === 0) throw corrupt("GIF");
    const kept = new KeptParts(file);
    kept.add(0, start);
    if (control) kept.add(...control);
    kept.add(at, end);
    const bytes = yield* kept.joined(TRAILER);
    return { format: "gif", width, height, orientation: 1, bytes, extraBytes: 0 };
  }
  throw truncated("GIF");
}
