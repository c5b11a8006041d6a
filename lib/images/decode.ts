// Decodes an inspected picture file to upright pixels that the engine can draw.
import { createCanvas, Image } from "../engine/engine.ts";
import { setDrawnSize } from "../engine/sizes.ts";
import { CanvasError } from "../errors.ts";
import { createSemaphore } from "../semaphore.ts";
import { warnOnce } from "../warn.ts";
import { PAD_ROWS, padded } from "./formats/jpeg-end.ts";
import type { PictureFile } from "./picture.ts";
import { upright } from "./upright.ts";

/** The engine decodes on Node's thread pool: all decoding together takes one of its threads. */
const place = createSemaphore(1);

type Change = (make: () => void) => void;

interface How {
  /** Makes the changes to the image; `quietly` does so without informing its watchers. */
  change?: Change;
  /** After it, decoding no longer begins. */
  deadline?: AbortSignal | undefined;
}

/**
 * Decodes the file into an image of the engine, once the one decoding slot is free. The slot stays
 * taken until the engine ends, even when the caller no longer waits for the picture.
 */
export function decodeInto(
  image: Image,
  file: PictureFile,
  { change = (make) => make(), deadline }: How = {},
): Promise<void> {
  return place(() => fill(image, file, change), deadline);
}

async function fill(image: Image, file: PictureFile, change: Change): Promise<void> {
  await load(image, file, file.bytes, change);
  if (file.isOpenEnded) {
    if (!(await isAllThere(image, file))) {
      throw new CanvasError("SOURCE", "the JPEG is cut off before its end");
    }
    warnOnce(
      "WX_CANVAS_JPEG",
      "a JPEG without its end marker is drawn; all of its picture is there",
    );
  }
  // The engine turns JPEGs itself, as phones do; it ignores the orientation of other formats.
  if (file.orientation !== 1 && file.format !== "jpeg") {
    await load(image, file, await upright(image, file.orientation), change);
  }
  // These are rendered at any size, once their own size is known.
  const isRendered = file.format === "svg" || file.format === "avif";
  if (isRendered && file.width > 0) change(() => setDrawnSize(image, file));
}

async function load(
  image: Image,
  { format }: PictureFile,
  bytes: Buffer,
  change: Change,
): Promise<void> {
  try {
    change(() => {
      image.src = bytes;
    });
    await Image.prototype.decode.call(image);
  } catch (cause) {
    throw new CanvasError("SOURCE", `the ${format} cannot be decoded`, { cause });
  }
  if (image.width < 1 || image.height < 1) {
    throw new CanvasError("SOURCE", `the ${format} has no size`);
  }
}

/** Whether a JPEG without an end looks the same when more data follows: then it is complete. */
async function isAllThere(image: Image, file: PictureFile): Promise<boolean> {
  const more = new Image();
  await load(more, file, padded(file), (make) => make());
  return lastRows(image).equals(lastRows(more));
}

function lastRows(image: Image): Buffer {
  const height = Math.min(PAD_ROWS, image.height);
  const canvas = createCanvas(image.width, height);
  canvas.getContext("2d").drawImage(image, 0, height - image.height);
  return canvas.data();
}
