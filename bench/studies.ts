// The studies, which are not races: whether exports stay cheap, what they cost beside the encoder,
// what blocks the event loop, and how long start-up takes.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { availableParallelism } from "node:os";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { Piscina } from "piscina";
import { createHost, type ExportMessage } from "../dist/index.js";
import { measure, median } from "./measure.ts";
import { pages } from "./mini-program.ts";
import { drawBadge, drawPhoto, paint, stamped } from "./pictures.ts";
import type { Facts } from "./report.ts";
import { startUp } from "./start-up.ts";

/** The side of a photo in a mosaic. */
const TILE = 1000;

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function timeOf(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Medians of some rounds of each work, their turns interleaved. */
async function race(rounds: number, works: (() => unknown)[]): Promise<number[]> {
  const times: number[][] = works.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, work] of works.entries()) {
      await turn();
      const time = await timeOf(work);
      // The first round is the warm-up.
      if (round >= 0) times[i]?.push(time);
    }
  }
  return times.map(median);
}

/** Photos side by side, so that a pixel of a large picture is as hard as one of a small one. */
function mosaic(side: number): Canvas {
  const canvas = createCanvas(side, side);
  const across = Math.ceil(side / TILE);
  const part = Math.min(side, TILE);
  for (let i = 0; i < across ** 2; i++) {
    const photo = paint(drawPhoto, TILE, TILE, i + 1);
    const from = (TILE - part) / 2;
    const [x, y] = [(i % across) * TILE, Math.floor(i / across) * TILE];
    canvas.getContext("2d").drawImage(photo, from, from, part, part, x, y, part, part);
  }
  canvas.data();
  return canvas;
}

async function growth(): Promise<Facts> {
  const host = createHost();
  const lines: Facts["lines"] = [];

  const badges = Array.from({ length: 100 }, (_, i) => paint(drawBadge, 100, 100, i));
  const each: number[] = [];
  for (let i = 0; i < 10_500; i++) {
    const canvas = badges[i % 100] as Canvas;
    const time = await timeOf(() => host.canvasToTempFilePath({ canvas }));
    if (i >= 500) each.push(time);
  }
  const [first, last] = [median(each.slice(0, 1000)), median(each.slice(-1000))];
  lines.push(
    { what: "one of the first 1,000 of 10,000 exports of 100×100", value: first, unit: "ms" },
    { what: "one of the last 1,000, × the first", value: last / first, unit: "×", must: "flat" },
  );

  const sides = [316, 500, 1000, 2000, 4000];
  const photos = sides.map(mosaic);
  // Export to memory: making a file takes as long for one pixel as for all. Each turn exports at
  // least a megapixel of one size: right after a large picture a little one meets cold caches, and
  // garbage of the large one to collect.
  const spent: number[][] = photos.map(() => []);
  for (let round = -1; round < 9; round++) {
    for (const [i, canvas] of photos.entries()) {
      await turn();
      for (let pixels = 0; pixels < 1e6; pixels += canvas.width ** 2) {
        const time = await timeOf(() => host.canvasToBuffer({ canvas }));
        if (round >= 0) spent[i]?.push(time);
      }
    }
  }
  const perPixel = spent.map((times, i) => (median(times) * 1e6) / (sides[i] ?? 1) ** 2);
  for (const [i, value] of perPixel.entries()) {
    const what = `a pixel of a photo of ${((sides[i] ?? 0) ** 2 / 1e6).toFixed(2)} megapixels`;
    lines.push({ what, value, unit: "ns" });
  }
  const spread = Math.max(...perPixel) / Math.min(...perPixel);
  lines.push({ what: "the dearest, × the cheapest", value: spread, unit: "×", must: "≤ 2" });

  const canvas = host.createCanvas("drawn for long", 1500, 1500);
  const context = canvas.getContext("2d");
  let calls = 0;
  const draw = (count: number) => {
    for (let i = 0; i < count; i++) {
      context.fillStyle = `hsl(${calls % 360},60%,50%)`;
      context.fillRect((calls * 37) % 1500, (calls * 91) % 1500, 20, 20);
      calls++;
    }
  };
  const exported = async () => {
    draw(1);
    return timeOf(() => host.canvasToTempFilePath({ canvas }));
  };
  // The canvas is as full of rectangles both times: the length of the record is compared, not the
  // picture.
  draw(10_000);
  const several = async () => {
    const times = [];
    for (let i = 0; i < 9; i++) times.push(await exported());
    return median(times.slice(2));
  };
  const early = await several();
  draw(100_000);
  const late = await several();
  lines.push(
    { what: "an export of a canvas of 1500×1500 after 10,000 calls", value: early, unit: "ms" },
    { what: "after 100,000 more, × that", value: late / early, unit: "×", must: "≤ 2" },
  );
  await host.dispose();
  return { title: "Growth", lines };
}

async function overhead(): Promise<Facts> {
  const host = createHost();
  const lines: Facts["lines"] = [];
  let stages: ExportMessage["stages"] = {};
  const listen = (message: unknown) => {
    ({ stages } = message as ExportMessage);
  };
  subscribe("wx-canvas-node:export", listen);
  const photo = paint(drawPhoto, 1500, 2668, 1);
  const cases: [string, Canvas, number][] = [
    ["100×100", paint(drawBadge, 100, 100, 1), 500],
    ["1500×2668", photo, 30],
  ];
  for (const [size, canvas, count] of cases) {
    const found: Record<string, number[]> = {};
    for (let i = 0; i < count; i++) {
      const all = await timeOf(() => host.canvasToTempFilePath({ canvas }));
      const { snapshot = 0, encode = 0, store = 0 } = stages;
      const parts = { snapshot, encode, store, "all the rest": all - snapshot - encode - store };
      for (const [name, time] of Object.entries(parts)) {
        found[name] ??= [];
        found[name].push(time);
      }
    }
    for (const [name, times] of Object.entries(found)) {
      const must = name === "all the rest" ? { must: "≤ 1 ms" } : {};
      lines.push({ what: `${size}: ${name}`, value: median(times), unit: "ms", ...must });
    }
  }
  unsubscribe("wx-canvas-node:export", listen);
  await host.dispose();
  return { title: "Where an export's time goes (medians, from the diagnostics channel)", lines };
}

/** What a mixed drawing needs of a context, of either kind. */
interface Mixed {
  fillStyle: unknown;
  font: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
}

async function records(): Promise<Facts> {
  const host = createHost();
  host.mountCanvas({ canvasId: "legacy", width: 500, height: 500 });
  const bare = createCanvas(500, 500);
  const COUNT = 10_000;
  const rectangles = (context: {
    fillRect(x: number, y: number, width: number, height: number): void;
  }) => {
    for (let i = 0; i < COUNT; i++) context.fillRect(i % 490, (i * 7) % 490, 10, 10);
  };
  const poster = (context: Mixed) => {
    for (let i = 0; i < COUNT / 8; i++) {
      context.fillStyle = `hsl(${i % 360}, 60%, 50%)`;
      context.fillRect(i % 490, (i * 7) % 490, 10, 10);
      context.beginPath();
      context.moveTo(i % 300, 5);
      context.lineTo(50, i % 400);
      context.stroke();
      context.font = i % 2 === 0 ? "bold 14px sans-serif" : "12px sans-serif";
      context.fillText(`No. ${i % 50}`, i % 300, (i * 3) % 400);
    }
  };
  const legacy = (draw: (context: Mixed) => void) => () => {
    const context = host.wx.createCanvasContext("legacy");
    draw(context);
    return new Promise<void>((resolve) => context.draw(false, () => resolve()));
  };
  const standard =
    (canvas: Canvas, draw: (context: Mixed) => void = rectangles) =>
    () => {
      const context = canvas.getContext("2d");
      context.reset();
      draw(context as unknown as Mixed);
    };
  const made = {
    createCanvas: host.createCanvas("made", 500, 500),
    "an offscreen canvas": host.wx.createOffscreenCanvas({ width: 500, height: 500 }),
  };
  const timesOf = async (draw: (context: Mixed) => void) => {
    const kinds = Object.values(made).map((canvas) => standard(canvas, draw));
    return race(21, [standard(bare, draw), legacy(draw), ...kinds]);
  };
  const [theirs = 1, ours = 0, ...recorded] = await timesOf(rectangles);
  const [mixed = 1, mixedLegacy = 0, ...mixedRecorded] = await timesOf(poster);

  // What a record adds to exports: nothing at the canvas's own size.
  const { createCanvas: canvas } = made;
  host.registerCanvas("bare", bare);
  for (const one of [canvas, bare]) standard(one)();
  const exported = (options: object) => () => host.canvasToBuffer(options);
  const twice = { destWidth: 1000, destHeight: 1000 };
  // The enlarged one apart: its memory would burden whatever comes after it.
  const [own = 0, registered = 1] = await race(41, [{ canvas }, { canvas: bare }].map(exported));
  const [enlarged = 0] = await race(11, [exported({ canvas, ...twice })]);
  await host.dispose();
  return {
    title: "10,000 calls, without raster: fillRect, and a mix with colours, lines, fonts and text",
    lines: [
      { what: "the bare 2D context", value: theirs, unit: "ms" },
      { what: "recorded by a legacy context, and drawn", value: ours, unit: "ms" },
      { what: "× the bare context", value: ours / theirs, unit: "×", must: "≤ 1.3" },
      ...Object.keys(made).map((kind, i) => ({
        what: `on ${kind}, × the bare context`,
        value: (recorded[i] ?? 0) / theirs,
        unit: "×" as const,
        must: "≤ 1.3",
      })),
      {
        what: "the mix: recorded by a legacy context, × bare",
        value: mixedLegacy / mixed,
        unit: "×",
        must: "≤ 1.3",
      },
      ...Object.keys(made).map((kind, i) => ({
        what: `the mix: on ${kind}, × the bare context`,
        value: (mixedRecorded[i] ?? 0) / mixed,
        unit: "×" as const,
        must: "≤ 1.3",
      })),
      {
        what: "exported at its size, × a bare canvas",
        value: own / registered,
        unit: "×",
        must: "≤ 1",
      },
      { what: "exported at twice its size", value: enlarged, unit: "ms" },
    ],
  };
}

async function blocks(): Promise<Facts> {
  const host = createHost();
  const photo = paint(drawPhoto, 1500, 2668, 1);
  photo.data();
  const raster: number[] = [];
  const again: number[] = [];
  const drawn: number[] = [];
  const redrawn: number[] = [];
  for (let i = 0; i < 15; i++) {
    const canvas = stamped(photo, i);
    await turn();
    raster.push(await timeOf(() => canvas.data()));
    again.push(await timeOf(() => canvas.data()));
    const other = stamped(photo, i);
    drawn.push((await measure(() => host.canvasToTempFilePath({ canvas: other }))).block);
    redrawn.push((await measure(() => host.canvasToTempFilePath({ canvas: other }))).block);
  }
  await host.dispose();
  const title = "How long the event loop stands still (1500×2668, PNG, medians of 15)";
  return {
    title,
    lines: [
      {
        what: "the engine: first raster of a new drawing, and its pixels read",
        value: median(raster),
        unit: "ms",
      },
      { what: "the engine: pixels read again", value: median(again), unit: "ms" },
      {
        what: "an export of a new drawing, its raster included",
        value: median(drawn),
        unit: "ms",
        must: "≤ 15 ms, or the raster alone",
      },
      { what: "the same drawing exported again", value: median(redrawn), unit: "ms" },
      { what: "worst of all exports", value: Math.max(...drawn, ...redrawn), unit: "ms" },
    ],
  };
}

async function threads(): Promise<Facts> {
  const POSTERS = 24;
  const render = new URL("../examples/pool/render.ts", import.meta.url).href;
  const { default: here } = await import("../examples/pool/render.ts");
  const lines: Facts["lines"] = [];
  const orders = Array.from({ length: POSTERS }, (_, i) => ({ seed: i + 1, title: `No. ${i}` }));
  await here({ seed: 0, title: "" });
  let alone = 0;
  for (const count of [0, 1, availableParallelism()]) {
    const pool =
      count > 0 && new Piscina({ filename: render, minThreads: count, maxThreads: count });
    const one = (order: (typeof orders)[number]) => (pool ? pool.run(order) : here(order));
    const all = async () => {
      await Promise.all(orders.map(one));
    };
    // The warm-up, which also starts the threads.
    await all();
    const samples = [];
    for (let i = 0; i < 3; i++) samples.push(await measure(all));
    if (pool) await pool.destroy();
    const rate = (POSTERS * 1000) / median(samples.map(({ wall }) => wall));
    alone ||= rate;
    const where =
      count === 0 ? "in the main thread" : `in ${count} worker thread${count > 1 ? "s" : ""}`;
    lines.push(
      { what: `posters a second, drawn and exported ${where}`, value: rate, unit: "/s" },
      { what: `× the main thread alone`, value: rate / alone, unit: "×" },
      {
        what: "longest block of the main thread",
        value: Math.max(...samples.map(({ block }) => block)),
        unit: "ms",
      },
    );
  }
  return { title: "Posters of 750×1334 → JPEG with piscina (examples/pool)", lines };
}

export const studies: Record<string, () => Promise<Facts>> = {
  growth,
  overhead,
  records,
  blocks,
  threads,
  "start-up": startUp,
  pages,
};
