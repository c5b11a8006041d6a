// All records of a process share one bound of memory; the oldest gives its content up first.
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import {
  addHolder,
  type Holder,
  heldBytes,
  limitHeldBytes,
} from "../../../lib/canvas/record/holders.ts";
import { freezeRecord } from "../../../lib/canvas/record/recorded-canvas.ts";
import { start } from "../../support/children.ts";
import { pngChunk, pngHeader, pngOf } from "../../support/hostile-pictures.ts";
import { withHost } from "../../support/hosts.ts";
import { assertPixel, decode } from "../../support/pictures.ts";

function holder(bytes: number, referent: object = {}): Holder & { gaveUp: boolean } {
  const held = new Map([[referent, bytes]]);
  const one = {
    held,
    gaveUp: false,
    giveUp() {
      one.gaveUp = true;
      held.clear();
    },
  };
  addHolder(one);
  return one;
}

describe("the memory that records hold", () => {
  beforeEach(() => limitHeldBytes(0));

  it("is released by the oldest record first, until there is room", () => {
    const all = [100, 50, 25].map((bytes) => holder(bytes));
    assert.equal(heldBytes(), 175);
    limitHeldBytes(175);
    assert.deepEqual(
      all.map(({ gaveUp }) => gaveUp),
      [false, false, false],
    );
    limitHeldBytes(80);
    assert.deepEqual(
      all.map(({ gaveUp }) => gaveUp),
      [true, false, false],
    );
    limitHeldBytes(0);
    assert.equal(heldBytes(), 0);
  });

  it("is not released by records that hold less than their share of it", () => {
    const all = [300, 50_000, 300, 50_000].map((bytes) => holder(bytes));
    limitHeldBytes(60_000);
    assert.deepEqual(
      all.map(({ gaveUp }) => gaveUp),
      [false, true, false, false],
    );
    assert.equal(heldBytes(), 50_600);
  });

  it("counts a record that holds something anew once, as the youngest", () => {
    const [first, second] = [holder(40), holder(60)];
    for (let i = 0; i < 3; i++) addHolder(second);
    limitHeldBytes(90);
    assert.deepEqual([first.gaveUp, second.gaveUp], [false, true]);
    const [third, fourth] = [holder(50), holder(50)];
    addHolder(third);
    limitHeldBytes(120);
    assert.deepEqual([third.gaveUp, fourth.gaveUp], [false, true]);
  });

  it("is free again when a record is garbage-collected", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    (() => holder(1e8))();
    assert.equal(heldBytes(), 1e8);
    for (let i = 0; i < 20 && heldBytes() > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      gc();
    }
    assert.equal(heldBytes(), 0);
  });

  it("warns what happened and what helps when a record gives it up", async () => {
    const { ended } = start(`
      wxCanvas.setConcurrency({ imagePixels: 90_000 });
      const host = wxCanvas.createHost();
      const source = host.createCanvas("s", 2000, 2000);
      source.getContext("2d").fillRect(0, 0, 9, 9);
      host.createCanvas("a", 40, 40).getContext("2d").drawImage(source, 0, 0, 20, 20);
      const picture = await host.canvasToBuffer({ canvasId: "a" });
      await host.loadImage(picture.data);
      await host.dispose();
    `);
    const { stderr } = await ended;
    const words =
      /WX_CANVAS_RECORD\] Warning: the pictures of all canvases and draws have more bytes than there is room for; setConcurrency\(\{ imagePixels, imageCacheBytes \}\) makes more: an enlarged export/;
    assert.match(stderr, words);
    assert.doesNotMatch(stderr, /maxCalls/);
  });

  it("counts a picture once when several records hold it", () => {
    const picture = {};
    const all = [holder(70, picture), holder(70, picture)];
    assert.equal(heldBytes(), 70);
    assert.equal(all.length, 2);
  });

  it("includes the files of pictures, which a record can decode again", () =>
    withHost({}, async (host) => {
      const rows = pngChunk("IDAT", deflateSync(Buffer.alloc(9 * 37)));
      const picture = pngOf(pngHeader(9, 9), rows);
      host.mountCanvas({ canvasId: "a", width: 9, height: 9 });
      const context = host.wx.createCanvasContext("a");
      for (let i = 0; i < 3; i++) context.drawImage(picture, i, 0);
      await new Promise((done) => context.draw(false, done));
      assert.equal(heldBytes(), picture.length);
      limitHeldBytes(picture.length - 1);
      assert.equal(heldBytes(), 0);
    }));

  it("changes no picture: a canvas that released its record exports the same, enlarged", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", 40, 40);
      const source = createCanvas(100, 100);
      source.getContext("2d").fillRect(0, 0, 100, 100);
      canvas.getContext("2d").drawImage(source, 0, 0, 20, 20);
      assert.equal(heldBytes(), 40_000);
      limitHeldBytes(0);
      assert.equal(heldBytes(), 0);
      assert.ok((freezeRecord(canvas)?.length ?? 99) < 3);
      canvas.getContext("2d").fillRect(30, 30, 10, 10);
      const options = { canvasId: "a", destWidth: 80, destHeight: 80 };
      const picture = await decode((await host.canvasToBuffer(options)).data);
      for (const place of [20, 70]) assertPixel(picture.at(place, place), [0, 0, 0, 255]);
      assertPixel(picture.at(50, 50), [0, 0, 0, 0]);
    }));

  it("is zero for a canvas that cannot be recorded any more", () =>
    withHost({ limits: { maxCalls: 4 } }, async (host) => {
      const context = host.createCanvas("a", 40, 40).getContext("2d");
      context.drawImage(createCanvas(9, 9), 0, 0);
      for (let i = 0; i < 9; i++) context.save();
      assert.equal(heldBytes(), 0);
    }));
});
