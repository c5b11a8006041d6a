// All records of a process share one bound of memory; the oldest gives its content up first.
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import {
  addHolder,
  type Holder,
  heldBytes,
  limitHeldBytes,
} from "../../../lib/canvas/record/holders.ts";
import { freezeRecord } from "../../../lib/canvas/record/recorded-canvas.ts";
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
