// Which call each pixel shows, and where in the source it stands.
import assert from "node:assert/strict";
import { type Canvas, createCanvas, Path2D, type SKRSContext2D } from "@napi-rs/canvas";
import { type CallMap, mapCalls, recordsIn } from "../../../lib/canvas/record/call-map.ts";
import type { FrozenRecord } from "../../../lib/canvas/record/calls.ts";
import { freezeRecord } from "../../../lib/canvas/record/recorded-canvas.ts";
import { placeOf, recordSites } from "../../../lib/canvas/record/site.ts";
import { withHost } from "../../support/hosts.ts";
import { STAMP } from "../../support/scenes.ts";

function mapOf(canvas: Canvas): CallMap {
  const { width, height } = canvas;
  const record = freezeRecord(canvas) as FrozenRecord;
  return mapCalls(record, { x: 0, y: 0, width, height }, { width, height });
}

/** `method(arguments)` of the call that the pixel shows. */
function shownAt({ calls, owners, width }: CallMap, x: number, y: number): string | undefined {
  const call = calls[(owners[y * width + x] as number) - 1];
  return call && `${call.method}(${call.args.filter((arg) => typeof arg !== "object")})`;
}

/** Draws on a canvas of 100 × 100 and maps it. */
const drawn = (draw: (context: SKRSContext2D) => void, test: (map: CallMap) => void) =>
  withHost({}, (host) => {
    const canvas = host.createCanvas("a", 100, 100);
    draw(canvas.getContext("2d"));
    test(mapOf(canvas));
  });

describe("The call that a pixel shows", () => {
  it("is the last one that covered it, of every kind", () => {
    const source = createCanvas(30, 30);
    source.getContext("2d").fillRect(0, 0, 30, 30);
    return drawn(
      (context) => {
        context.fillStyle = "red";
        context.fillRect(0, 0, 50, 50);
        context.fill(new Path2D("M50 0H100V50H50Z"));
        context.drawImage(source, 10, 10);
        context.putImageData(context.createImageData(5, 5), 12, 12);
        context.lineWidth = 4;
        context.strokeRect(60, 60, 30, 30);
        context.font = "30px Spec Sans";
        context.fillText("III", 5, 95);
        context.fillStyle = "transparent";
        context.fillRect(0, 0, 100, 100);
      },
      (map) => {
        assert.equal(shownAt(map, 5, 5), "fillRect(0,0,50,50)");
        assert.equal(shownAt(map, 75, 25), "fill()");
        assert.equal(shownAt(map, 30, 30), "drawImage(10,10)");
        assert.equal(shownAt(map, 14, 14), "putImageData()");
        assert.equal(shownAt(map, 60, 75), "strokeRect(60,60,30,30)");
        assert.equal(shownAt(map, 75, 75), undefined);
        const texts = map.calls.findIndex(({ method }) => method === "fillText") + 1;
        assert.ok(map.owners.filter((owner) => owner === texts).length > 50);
        assert.deepEqual(
          map.calls.map(({ method }) => method),
          ["fillRect", "fill", "drawImage", "putImageData", "strokeRect", "fillText", "fillRect"],
        );
      },
    );
  });

  it("is one that covers in the same colour, but not one that changes nothing", () =>
    drawn(
      (context) => {
        context.fillRect(0, 0, 100, 100);
        context.fillRect(0, 0, 20, 20);
        context.clearRect(40, 0, 20, 20);
        context.clearRect(40, 0, 10, 10);
        context.globalCompositeOperation = "destination-over";
        context.fillRect(0, 0, 100, 50);
        context.globalCompositeOperation = "destination-out";
        context.globalAlpha = 0.5;
        context.fillRect(80, 80, 20, 20);
      },
      (map) => {
        assert.equal(shownAt(map, 5, 5), "fillRect(0,0,20,20)");
        assert.equal(shownAt(map, 30, 5), "fillRect(0,0,100,100)");
        // What lies behind shows where it was cleared.
        assert.equal(shownAt(map, 45, 5), "fillRect(0,0,100,50)");
        assert.equal(shownAt(map, 90, 90), "fillRect(80,80,20,20)");
        assert.deepEqual([...new Set(map.owners)].sort(), [1, 2, 5, 6]);
      },
    ));

  it("heeds clips, transforms and shadows", () =>
    drawn(
      (context) => {
        context.fillRect(0, 0, 1, 1);
        context.save();
        context.shadowColor = "red";
        context.shadowOffsetX = 50;
        context.fillRect(0, 0, 20, 20);
        context.restore();
        context.beginPath();
        context.rect(0, 0, 40, 40);
        context.clip();
        context.translate(10, 10);
        context.globalAlpha = 0.01;
        context.fillRect(0, 0, 90, 90);
      },
      (map) => {
        assert.equal(shownAt(map, 60, 10), "fillRect(0,0,20,20)");
        assert.equal(shownAt(map, 5, 5), "fillRect(0,0,20,20)");
        assert.equal(shownAt(map, 15, 15), "fillRect(0,0,90,90)");
        assert.equal(shownAt(map, 45, 15), undefined);
      },
    ));

  it("is, for a canvas that was drawn, the call that drew there", () =>
    withHost({}, (host) => {
      recordSites(true);
      try {
        const inner = host.wx.createOffscreenCanvas({ type: "2d", width: 20, height: 20 });
        const innerContext = inner.getContext("2d");
        innerContext.fillRect(0, 0, 10, 20);
        innerContext.fillRect(10, 0, 5, 20);
        const canvas = host.createCanvas("a", 100, 100);
        const context = canvas.getContext("2d");
        context.fillRect(0, 0, 100, 100);
        context.drawImage(inner as never, 0, 0, 20, 20, 0, 0, 40, 40);
        context.drawImage(inner as never, 60, 60);
        const map = mapOf(canvas);
        assert.deepEqual(
          map.calls.map(({ method }) => method),
          ["fillRect", "fillRect", "fillRect", "drawImage", "drawImage"],
        );
        assert.equal(shownAt(map, 10, 10), "fillRect(0,0,10,20)");
        assert.equal(shownAt(map, 25, 10), "fillRect(10,0,5,20)");
        assert.equal(shownAt(map, 35, 10), "fillRect(0,0,100,100)");
        assert.equal(shownAt(map, 62, 62), "fillRect(0,0,10,20)");
        assert.equal(recordsIn(freezeRecord(canvas) as FrozenRecord).size, 2);
      } finally {
        recordSites(false);
      }
    }));

  it("is found on a canvas that draws itself many times", () =>
    withHost({}, (host) => {
      recordSites(true);
      try {
        const canvas = host.createCanvas("a", 300, 20);
        const context = canvas.getContext("2d");
        context.fillRect(0, 0, 10, 20);
        for (let i = 0; i < 25; i++) context.drawImage(canvas, 10, 0);
        const map = mapOf(canvas);
        assert.equal(map.calls.length, 26);
        assert.equal(shownAt(map, 55, 5), "fillRect(0,0,10,20)");
      } finally {
        recordSites(false);
      }
    }));

  it("is one that drew a loaded picture", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", 100, 100);
      const context = host.wx.createCanvasContext("a");
      context.drawImage(STAMP.toDataURL(), 10, 10);
      await new Promise((done) => context.draw(false, done));
      assert.deepEqual(
        mapOf(canvas).calls.map(({ method }) => method),
        ["drawImage"],
      );
    }));

  it("is mapped with fewer pixels where there are many calls", () =>
    withHost({}, (host) => {
      recordSites(true);
      try {
        const canvas = host.createCanvas("a", 1000, 1000);
        const context = canvas.getContext("2d");
        for (let i = 0; i < 800; i++) context.fillRect(i, 0, 1, 1000);
        const { width, height } = mapOf(canvas);
        assert.deepEqual([width, height], [500, 500]);
        const other = host.createCanvas("b", 20, 20);
        other.getContext("2d").drawImage(canvas, 0, 0, 20, 20);
        assert.equal(shownAt(mapOf(other), 5, 5), "drawImage(0,0,20,20)");
      } finally {
        recordSites(false);
      }
    }));
});

describe("The place of a call in the source", () => {
  before(() => recordSites(true));
  after(() => recordSites(false));

  const sites = (canvas: Canvas) => mapOf(canvas).calls.map(({ args }) => args.site ?? "");

  it("is known on standard contexts, of texts too", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 100, 100);
      const context = canvas.getContext("2d");
      // A caller without a place.
      [100].map((side) => context.fillRect(0, 0, side, side));
      context.font = "80px Spec Sans";
      context.fillText("text", 0, 90);
      for (const site of sites(canvas)) assert.match(site, /call-map\.spec\.ts:\d+:\d+$/);
    }));

  it("is, on legacy contexts, where they recorded the call", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 50, 50);
      const context = host.wx.createCanvasContext("a");
      context.rect(0, 0, 50, 50);
      context.fill();
      (function later() {
        context.draw();
      })();
      const [site = ""] = sites(canvas);
      const line = Number(/call-map\.spec\.ts:(\d+):\d+$/.exec(site)?.[1]);
      const own = Number(/call-map\.spec\.ts:(\d+):\d+/.exec(new Error("here").stack ?? "")?.[1]);
      assert.equal(own - line, 6);
    }));

  it("is read from every form of a line", () => {
    const lines: [string, string[]][] = [
      ["    at draw (file:///a%20b/card.js:14:13)", ["file:///a%20b/card.js:14:13"]],
      ["    at async file:///a/card.js:1:2", ["file:///a/card.js:1:2"]],
      ["    at Object.draw [as fill] (/a b (c)/card.cjs:3:4)", ["/a b (c)/card.cjs:3:4"]],
      ["    at /a b (c)/card.cjs:3:4", ["/a b (c)/card.cjs:3:4"]],
      ["    at C:\\a\\card.js:5:6", ["C:\\a\\card.js:5:6"]],
      ["    at eval (eval at draw (/a/card.js:1:1), <anonymous>:1:5)", []],
      ["    at new Promise (<anonymous>)", []],
      ["    at async Promise.all (index 0)", []],
    ];
    for (const [line, places] of lines) assert.deepEqual(placeOf(line), places, line);
  });

  it("is unknown where code replaces how stacks are made, and when turned off again", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 10, 10);
      const context = canvas.getContext("2d");
      const { prepareStackTrace } = Error;
      Error.prepareStackTrace = () => undefined;
      context.fillRect(0, 0, 10, 10);
      Error.prepareStackTrace = prepareStackTrace as NonNullable<typeof prepareStackTrace>;
      recordSites(false);
      context.fillRect(0, 0, 10, 10);
      assert.deepEqual(sites(canvas), ["", ""]);
    }));
});
