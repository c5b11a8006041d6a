// Which calls painted a pixel, and where in the source they stand.
import assert from "node:assert/strict";
import { createCanvas, Path2D } from "@napi-rs/canvas";
import { callsAt } from "../../../lib/canvas/record/calls-at.ts";
import { recordSites } from "../../../lib/canvas/record/site.ts";
import { withHost } from "../../support/hosts.ts";
import { STAMP } from "../../support/scenes.ts";

const methods = (calls: ReturnType<typeof callsAt>) => calls?.map(({ method }) => method);

describe("the calls that painted a pixel", () => {
  it("are those that cover it, in order, with their arguments", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 100, 100);
      const context = canvas.getContext("2d");
      const path = new Path2D("M0 0H50V50H0Z");
      const source = createCanvas(30, 30);
      source.getContext("2d").fillRect(0, 0, 30, 30);
      context.fillStyle = "red";
      context.fillRect(0, 0, 20, 20);
      context.fillRect(40, 40, 20, 20);
      context.fill(path);
      context.drawImage(source, 0, 0);
      context.putImageData(context.createImageData(5, 5), 8, 8);
      context.fillStyle = "transparent";
      context.fillRect(0, 0, 100, 100);
      assert.deepEqual(methods(callsAt(canvas, 10.9, 10)), [
        "fillRect",
        "fill",
        "drawImage",
        "putImageData",
      ]);
      const [first, second, third] = callsAt(canvas, 10, 10) ?? [];
      assert.deepEqual(first, { index: 1, method: "fillRect", args: [0, 0, 20, 20] });
      assert.deepEqual([second?.index, second?.args[0]], [3, path]);
      assert.equal(third?.index, 4);
      assert.deepEqual(callsAt(canvas, 90, 90), []);
      assert.deepEqual(callsAt(canvas, 900, 90), []);
    }));

  it("include those covered by the same colour, and those that clear or dim", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 100, 100);
      const context = canvas.getContext("2d");
      for (let i = 0; i < 2; i++) context.fillRect(0, 0, 20, 20);
      context.clearRect(0, 0, 15, 15);
      context.clearRect(0, 0, 15, 15);
      context.fillRect(0, 0, 20, 20);
      context.globalCompositeOperation = "destination-out";
      context.globalAlpha = 0.5;
      context.fillRect(0, 0, 20, 20);
      assert.deepEqual(
        callsAt(canvas, 5, 5)?.map(({ index }) => index),
        [0, 1, 2, 4, 7],
      );
    }));

  it("respect clips and shadows", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 100, 100);
      const context = canvas.getContext("2d");
      context.shadowColor = "red";
      context.shadowOffsetX = 50;
      context.fillRect(0, 0, 20, 20);
      context.beginPath();
      context.rect(0, 0, 40, 40);
      context.clip();
      context.fillRect(0, 0, 20, 20);
      assert.deepEqual(methods(callsAt(canvas, 60, 10)), ["fillRect"]);
      assert.deepEqual(methods(callsAt(canvas, 10, 10)), ["fillRect", "fillRect"]);
    }));

  it("keep their numbers when the record drops earlier ones", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 10, 10);
      const context = canvas.getContext("2d");
      for (let i = 0; i < 500; i++) {
        context.clearRect(0, 0, 10, 10);
        context.fillRect(0, 0, 9, 9);
      }
      assert.deepEqual(callsAt(canvas, 5, 5)?.at(-1)?.index, 999);
    }));

  it("include those that drew a picture whose pixels were released since", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", 100, 100);
      const context = host.wx.createCanvasContext("a");
      context.drawImage(STAMP.toDataURL(), 10, 10);
      context.drawImage(STAMP.toDataURL(), 50, 50, 30, 30);
      await new Promise((done) => context.draw(false, done));
      assert.deepEqual(methods(callsAt(canvas, 15, 15)), ["drawImage"]);
      assert.deepEqual(methods(callsAt(canvas, 70, 70)), ["drawImage"]);
    }));

  it("are unknown for canvases that the host did not make", () => {
    assert.equal(callsAt(createCanvas(9, 9), 1, 1), undefined);
  });

  describe("know their place in the source when the host records places", () => {
    before(() => recordSites(true));
    after(() => recordSites(false));

    it("records places on standard contexts, for texts too", () =>
      withHost({}, (host) => {
        const canvas = host.createCanvas("a", 100, 100);
        const context = canvas.getContext("2d");
        // This caller gives no place.
        [100].map((side) => context.fillRect(0, 0, side, side));
        context.font = "80px Spec Sans";
        context.fillText("text", 0, 90);
        const calls = callsAt(canvas, 30, 60) ?? [];
        assert.ok(calls.length >= 1);
        for (const { site } of calls) assert.match(site ?? "", /calls-at\.spec\.ts:\d+:\d+$/);
      }));

    it("records places on legacy contexts, where the call was recorded", () =>
      withHost({}, (host) => {
        const canvas = host.createCanvas("a", 50, 50);
        const context = host.wx.createCanvasContext("a");
        context.rect(0, 0, 50, 50);
        context.fill();
        (function later() {
          context.draw();
        })();
        const [call] = callsAt(canvas, 1, 1) ?? [];
        assert.equal(call?.method, "fill");
        const line = Number(/calls-at\.spec\.ts:(\d+):\d+$/.exec(call?.site ?? "")?.[1]);
        const own = Number(/calls-at\.spec\.ts:(\d+):\d+/.exec(new Error("here").stack ?? "")?.[1]);
        assert.equal(own - line, 7);
      }));

    it("records no places after they are switched off", () =>
      withHost({}, (host) => {
        recordSites(false);
        const canvas = host.createCanvas("a", 100, 100);
        canvas.getContext("2d").fillRect(0, 0, 100, 100);
        assert.equal("site" in (callsAt(canvas, 1, 1)?.[0] ?? {}), false);
      }));
  });
});
