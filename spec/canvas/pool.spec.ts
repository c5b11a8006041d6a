// The pool of canvases that exports render to: one user at a time, empty when taken again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { createCanvas } from "@napi-rs/canvas";
import { acquire, freeSpare, release } from "../../lib/canvas/pool.ts";
import { free } from "../../lib/engine/engine.ts";
import { freeze } from "../../lib/export/snapshot.ts";
import { setConcurrency } from "../../lib/index.ts";
import { drawn, withHost } from "../support/hosts.ts";
import { assertPixel, decode, pixelsOf } from "../support/pictures.ts";

describe("the pool of canvases that exports render to", () => {
  it("gives a canvas again for the same size, to one user at a time", () => {
    const size = { width: 301, height: 251 };
    const one = acquire(size);
    release(one);
    assert.equal(acquire(size), one);
    assert.notEqual(acquire(size), one);
    release(one);
    assert.notEqual(acquire({ width: 251, height: 301 }), one);
    assert.equal(acquire(size), one);
  });

  it("gives canvases that are empty, with the state of new ones", () => {
    const size = { width: 302, height: 252 };
    const canvas = acquire(size);
    const context = canvas.getContext("2d");
    context.fillStyle = "red";
    context.rotate(1);
    context.globalAlpha = 0.3;
    context.fillRect(-500, -500, 1000, 1000);
    canvas.data();
    context.save();
    context.clip();
    release(canvas);
    assert.equal(acquire(size), canvas);
    assert.deepEqual([...new Set(pixelsOf(canvas).data)], [0]);
    context.fillRect(0, 0, 302, 252);
    assert.deepEqual([...new Set(new Uint32Array(canvas.data().buffer))], [0xff000000]);
  });

  it("gives canvases that show nothing of an earlier picture", () =>
    withHost({}, async (host) => {
      const full = drawn(host.createCanvas("full", 300, 250), (context) => {
        context.fillStyle = "red";
        context.fillRect(0, 0, 300, 250);
      });
      host.createCanvas("clear", 300, 250);
      for (const area of [{}, { destWidth: 260, destHeight: 254 }, { destWidth: 600 }]) {
        await host.canvasToBuffer({ canvas: full, ...area });
        const { data } = await host.canvasToBuffer({ canvasId: "clear", ...area });
        assert.deepEqual([...new Set((await decode(data)).data)], [0]);
      }
    }));

  for (const [name, side] of [
    ["in a pixel", 725],
    ["at its size", 256],
  ] as const) {
    it(`takes a canvas back once from a snapshot held ${name}, after any renders`, () => {
      const size = { width: side, height: side };
      const whole = { x: 0, y: 0, ...size, outputWidth: side, outputHeight: side };
      for (const times of [0, 1, 2]) {
        const { render, discard } = freeze(createCanvas(side, side), size, whole);
        for (let i = 0; i < times; i++) render().release();
        discard();
        const [one, other] = [acquire(size), acquire(size)];
        assert.notEqual(one, other);
        assert.deepEqual([one.width, other.width], [side, side]);
        free(one);
        free(other);
      }
    });
  }

  it("never gives one canvas to two pictures at once", () =>
    withHost({}, async (host) => {
      setConcurrency({ exports: 6 });
      const canvases = Array.from({ length: 6 }, (_, i) =>
        drawn(host.createCanvas(`${i}`, 400, 300), (context) => {
          context.fillStyle = `rgb(${i * 40} 100 ${250 - i * 40})`;
          context.fillRect(0, 0, 400, 300);
        }),
      );
      for (const area of [{}, { destWidth: 300, destHeight: 200 }, { x: 50, destWidth: 500 }]) {
        for (const fileType of ["png", "jpg"] as const) {
          const options = { fileType, quality: 1, ...area };
          const exports = canvases.map((canvas) => host.canvasToBuffer({ canvas, ...options }));
          for (const [i, { data }] of (await Promise.all(exports)).entries()) {
            const picture = await decode(data);
            for (const [x, y] of [
              [0, 0],
              [picture.width - 1, picture.height - 1],
            ] as const) {
              assertPixel(picture.at(x, y), [i * 40, 100, 250 - i * 40, 255], 2);
            }
          }
        }
      }
    }).finally(() => setConcurrency({ exports: availableParallelism() + 1 })));

  it("keeps at most the pixels that exports may have", () => {
    setConcurrency({ pixels: 200_000 });
    const size = { width: 320, height: 310 };
    const canvases = Array.from({ length: 3 }, () => acquire(size));
    for (const canvas of canvases) release(canvas);
    setConcurrency({ pixels: 33_554_432 });
    assert.deepEqual(
      canvases.map(({ width }) => width),
      [0, 320, 320],
    );
  });

  for (const [width, height] of [
    [100, 100],
    [6000, 6000],
  ] as const) {
    it(`frees a canvas of ${width} × ${height} at once`, () => {
      const canvas = createCanvas(width, height);
      release(canvas);
      assert.equal(canvas.width, 0);
    });
  }

  it("frees the oldest canvases first when there are too many", () => {
    const size = { width: 3000, height: 3000 };
    const canvases = Array.from({ length: 4 }, () => acquire(size));
    for (const canvas of canvases) release(canvas);
    assert.deepEqual(
      canvases.map(({ width }) => width),
      [0, 3000, 3000, 3000],
    );
    for (const canvas of canvases.slice(1)) assert.equal(acquire(size), canvas);
    for (const canvas of canvases) free(canvas);
  });

  it("frees all canvases that it keeps", () => {
    const canvases = [createCanvas(300, 250), createCanvas(300, 250)];
    for (const canvas of canvases) release(canvas);
    freeSpare();
    assert.deepEqual(
      canvases.map(({ width }) => width),
      [0, 0],
    );
  });

  it("does that after a time without work", () => {
    // In a process of its own, whose timers are replaced before the library takes them.
    const script = `
      import { syncBuiltinESMExports } from "node:module";
      import timers from "node:timers";
      const begun = [];
      const timer = { unref: () => timer, refresh: () => begun.push("refreshed") };
      timers.setTimeout = (callback, time) => {
        begun.push(time);
        timer.end = callback;
        return timer;
      };
      syncBuiltinESMExports();
      const { release } = await import(${path("../../lib/canvas/pool.ts")});
      const { createCanvas } = await import("@napi-rs/canvas");
      const canvases = [createCanvas(300, 250), createCanvas(300, 250)];
      for (const canvas of canvases) release(canvas);
      const widths = () => canvases.map(({ width }) => width);
      const before = widths();
      timer.end();
      console.log(JSON.stringify([begun, before, widths()]));`;
    const args = ["--import=@oxc-node/core/register", "--input-type=module", "-e", script];
    assert.deepEqual(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })), [
      [10_000, "refreshed", "refreshed"],
      [300, 300],
      [0, 0],
    ]);
  });
});

const path = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
