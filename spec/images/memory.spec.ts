// The cache of pictures: how much it keeps, and what leaves it first.
import assert from "node:assert/strict";
import { addHolder, heldBytes, limitHeldBytes } from "../../lib/canvas/record/holders.ts";
import { setConcurrency } from "../../lib/concurrency.ts";
import { keep, keptPicture, makeRoom } from "../../lib/images/memory.ts";
import type { PictureFile } from "../../lib/images/picture.ts";

const DEFAULTS = { imagePixels: 67_108_864, imageCacheBytes: 67_108_864 };

let number = 0;
/** A file of so many bytes that no other test uses. */
function fileOf(bytes: number, pixels = 100): PictureFile {
  const original = Buffer.alloc(bytes);
  const [width, height] = [pixels, 1];
  return {
    key: `memory.spec ${++number}`,
    format: "png",
    stored: { width, height },
    orientation: 1,
    width,
    height,
    pixels,
    extraBytes: 0,
    isOpenEnded: false,
    bytes: original,
    original,
  };
}

const isKept = ({ key }: PictureFile) => keptPicture(key) !== undefined;

describe("the cache of pictures", () => {
  afterEach(() => setConcurrency(DEFAULTS));

  it("shrinks to imageCacheBytes with each picture that it keeps, oldest first", () => {
    setConcurrency({ imageCacheBytes: 1_000_000 });
    const files = [400_000, 400_000, 400_000].map((bytes) => fileOf(bytes));
    for (const file of files) keep({ file });
    assert.deepEqual(files.map(isKept), [false, true, true]);
    const large = fileOf(900_000);
    keep({ file: large });
    assert.deepEqual([...files, large].map(isKept), [false, false, false, true]);
  });

  it("counts 1 kB for each picture, and both copies of a file that was reduced", () => {
    setConcurrency({ imageCacheBytes: 10_000 });
    const small = Array.from({ length: 12 }, () => fileOf(1));
    for (const file of small) keep({ file });
    assert.equal(small.filter(isKept).length, 9);
    const reduced = { ...fileOf(6000), bytes: Buffer.alloc(5000) };
    keep({ file: reduced });
    assert.equal(isKept(reduced), false);
    const whole = fileOf(6000);
    keep({ file: whole });
    assert.equal(isKept(whole), true);
  });

  it("is no larger than four bytes for each of imagePixels", () => {
    setConcurrency({ imagePixels: 10_000 });
    const [first, second, large] = [fileOf(30_000), fileOf(30_000), fileOf(40_000)];
    for (const file of [first, second, large]) keep({ file });
    assert.deepEqual([first, second, large].map(isKept), [false, true, false]);
  });

  it("makes room for the pixels of a draw, and for what a decoder needs beyond 48 MiB", () => {
    setConcurrency({ imagePixels: 100_000 });
    const kept = fileOf(100_000);
    keep({ file: kept });
    makeRoom(fileOf(1, 70_000));
    assert.equal(isKept(kept), true);
    makeRoom({ ...fileOf(1, 70_000), extraBytes: 48 * 1024 * 1024 });
    assert.equal(isKept(kept), true);
    makeRoom({ ...fileOf(1, 70_000), extraBytes: 48 * 1024 * 1024 + 20_000 });
    assert.equal(isKept(kept), false);
  });

  it("leaves records 2 MiB beside the pictures of a draw", () => {
    limitHeldBytes(0);
    setConcurrency({ imagePixels: 100_000 });
    const held = new Map<object, number>([[{}, 2 * 1024 * 1024]]);
    let gaveUp = false;
    const giveUp = () => {
      gaveUp = true;
      held.clear();
    };
    const record = { held, giveUp };
    addHolder(record);
    makeRoom(fileOf(1, 100_000));
    assert.deepEqual([gaveUp, heldBytes()], [false, 2_097_152]);
    held.set({}, 1);
    addHolder(record);
    makeRoom(fileOf(1, 100_000));
    assert.deepEqual([gaveUp, heldBytes()], [true, 0]);
  });
});
