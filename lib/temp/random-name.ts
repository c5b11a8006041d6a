// Names of 128 random bits, from the system: to load Node's crypto for them takes 3 to 5 ms.
import { randomFillSync } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const NAME_BYTES = 16;
/** The random bytes of so many names are read at once. */
const NAMES = 64;

/** A name of 32 hexadecimal digits that cannot be guessed. */
export const randomName: () => string = /* @__PURE__ */ createRandomNames("/dev/urandom");

/** @param device where the system has random bytes; where it has none, crypto gives them */
export function createRandomNames(device: string): () => string {
  const bytes = Buffer.alloc(NAMES * NAME_BYTES);
  let next = bytes.length;
  return () => {
    if (next === bytes.length) {
      if (!readFrom(device, bytes)) randomFillSync(bytes);
      next = 0;
    }
    next += NAME_BYTES;
    return bytes.toString("hex", next - NAME_BYTES, next);
  };
}

/** Fills the buffer from the device; false on systems without it, such as Windows. */
function readFrom(device: string, bytes: Buffer): boolean {
  try {
    const file = openSync(device, "r");
    try {
      return readSync(file, bytes) === bytes.length;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
