// Decodes recorded pictures again when a record is drawn larger: their pixels were released.

import { quietly } from "../engine/changes.ts";
import type { Image } from "../engine/engine.ts";
import { decodeInto } from "./decode.ts";
import { inTurn, makeRoom, NOTHING, withOneMore } from "./memory.ts";
import { fileOfEmpty, holdPixels, releasePixels } from "./pixels.ts";

/** Whether some of the images have to be decoded before they can be drawn. */
export function needPixels(images: readonly Image[]): boolean {
  return images.some((image) => fileOfEmpty(image) !== undefined);
}

/** Does the work while all these images have their pixels; fails TOO_LARGE if they do not fit. */
export function withPixels<Result>(images: readonly Image[], work: () => Result): Promise<Result> {
  return inTurn(async () => {
    const all = new Set(images);
    const empty = [...all].flatMap((image) => {
      const file = fileOfEmpty(image);
      return file ? [{ image, file }] : [];
    });
    // Images that the cache has keep their pixels while the others are decoded.
    for (const image of all) holdPixels(image);
    try {
      makeRoom(empty.reduce((sum, { file }) => withOneMore(sum, file), NOTHING));
      for (const { image, file } of empty) await decodeInto(image, file, { change: quietly });
      return work();
    } finally {
      for (const image of all) releasePixels(image);
    }
  });
}
