// A picture file that was looked at → pixels that the engine can draw, upright.
import { createCanvas, Image } from "../engine.ts";
import { clearDrawnSize, setDrawnSize } from "../engine-sizes.ts";
import { CanvasError } from "../errors.ts";
import { createSemaphore } from "../semaphore.ts";
import { warnOnce } from "../warn.ts";
import { PAD_ROWS, padded } from "./formats/jpeg-end.ts";
import type { PictureFile } from "./picture.ts";

/** The engine decodes on Node's thread pool: one place of it, whatever is asked for at once. */
const place = createSemaphore(1);

/** As the engine has it: images of canvas nodes have a src of their own. */
export function setSource(image: Image, bytes: Buffer): void {
  Object.getOwnPropertyDescriptor(Image.prototype, "src")?.set?.call(image, bytes);
}

/**
 * Decodes the file, when the place is free, into an image of the engine's. The place is taken until the
 * engine has ended, though nobody may wait for it any more.
 *
 * @param change makes the changes to the image; `quietly` does so unnoticed by those who watch it
 */
export function decodeInto(
  image: Image,
  file: PictureFile,
  change: Change = (make) => make(),
): Promise<void> {
  return place(() => fill(image, file, change));
}

type Change = (make: () => void) => void;

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
  // The engine turns JPEGs itself, as phones do; of the other formats it ignores the orientation.
  if (file.orientation !== 1 && file.format !== "jpeg") {
    await load(image, file, await upright(image, file.orientation), change);
  }
  if (file.format === "svg") change(() => setDrawnSize(image, file));
}

async function load(
  image: Image,
  { format }: PictureFile,
  bytes: Buffer,
  change: Change,
): Promise<void> {
  try {
    change(() => {
      clearDrawnSize(image);
      setSource(image, bytes);
    });
    await Image.prototype.decode.call(image);
  } catch (cause) {
    throw new CanvasError("SOURCE", `the ${format} cannot be decoded`, { cause });
  }
  if (image.width < 1 || image.height < 1) {
    throw new CanvasError("SOURCE", `the ${format} has no size`);
  }
}

/** Whether a JPEG without an end shows the same when more follows: then nothing was missing. */
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

/** The picture once more, as a PNG of the pixels as they are seen. */
function upright(image: Image, orientation: number): Promise<Buffer> {
  const { width: w, height: h } = image;
  const [width, height] = orientation > 4 ? [h, w] : [w, h];
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.setTransform(...turn(orientation, w, h));
  context.drawImage(image, 0, 0);
  return canvas.encode("png");
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** From the stored pixels of a picture of w × h to the upright ones, for orientations 2 to 8. */
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
