// Posters a second: the renderer and HTTP beside one process, the bare engine, sharp and Chromium;
// ratios of one run. `npm run bench:posters -- [--rounds 3] [--posters 24] [--widths 750,1500]`,
// with `--no-chromium`, `--only render,Chromium` (parts of names) and `--memory 5000` if wanted.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import sharp from "sharp";
import { createClient } from "./connections.mjs";
import { createData, median, prepare } from "./data.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    posters: { type: "string", default: "24" },
    widths: { type: "string", default: "750,1500" },
    types: { type: "string", default: "jpg,png" },
    only: { type: "string", default: "" },
    chromium: { type: "boolean", default: true },
    memory: { type: "string", default: "0" },
  },
  allowNegative: true,
});
const rounds = Number(options.rounds);
const count = Number(options.posters);

const folder = mkdtempSync(join(tmpdir(), "bench-posters-"));
process.env.BENCH_POSTERS = folder;
const { renderPoster } = await import("../../dist/posters/index.js");
const { default: poster, FONT, modulesOf } = await import("./poster.mjs");
const { drawInPage, openPage } = await import("./chromium.mjs");
const { drawPoster } = await import("./draw.js");
GlobalFonts.registerFromPath(FONT, "Bench Sans");
await prepare(folder);

// With the heap that docs/posters.md advises for a service.
const ours = fork(fileURLToPath(new URL("./ours.mjs", import.meta.url)), {
  execArgv: ["--initial-old-space-size=100"],
});
/** Has the process of the renderer do one of its tasks. */
async function ask(...task) {
  if (task.length > 0) ours.send(task);
  const [answer] = await once(ours, "message");
  return answer;
}
const client = createClient(await ask(), 20);
const page = options.chromium ? await openPage() : undefined;
const dataOf = createData(folder);

/** Draws with the bare engine. */
async function drawBare(width) {
  const data = dataOf(width);
  const canvas = createCanvas(width, Math.round((width * 1334) / 750));
  const [photo, avatar] = await Promise.all([loadImage(data.photo), loadImage(data.avatar)]);
  drawPoster(canvas.getContext("2d"), { ...data, photo, avatar, modules: modulesOf(data.link) });
  return canvas;
}
const encodeBare = (canvas, type) =>
  type === "jpg" ? canvas.encode("jpeg", 80) : canvas.encode("png");
const serially = (make) => async () => {
  for (let i = 0; i < count; i++) await make();
};
const together = (make) => async () => {
  await Promise.all(Array.from({ length: count }, make));
};

const all = {
  "renderer.render": (width, format) => () => ask("render", count, width, format),
  "HTTP, 20 connections": (width, format) => together(() => post(dataOf(width), format)),
  "renderPoster, one process": (width, format) =>
    serially(() => renderPoster(poster, dataOf(width), format)),
  "@napi-rs/canvas, one after another": (width, { fileType }) =>
    serially(async () => encodeBare(await drawBare(width), fileType)),
  "@napi-rs/canvas, all at once": (width, { fileType }) =>
    together(async () => encodeBare(await drawBare(width), fileType)),
  "@napi-rs/canvas and sharp, all at once": (width, { fileType }) =>
    together(async () => {
      const canvas = await drawBare(width);
      const raw = { width: canvas.width, height: canvas.height, channels: 4 };
      const picture = sharp(canvas.data(), { raw });
      return fileType === "jpg"
        ? picture.jpeg({ quality: 80 }).toBuffer()
        : picture.png().toBuffer();
    }),
  ...(page && {
    "Chromium, one page": (width, { fileType }) =>
      serially(() => drawInPage(page, dataOf(width), fileType)),
  }),
};
const only = options.only.split(",");
const isWanted = (name) => name === "renderer.render" || only.some((part) => name.includes(part));
const contenders = Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name)));

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, node ${process.version}, load ${loadavg()[0]?.toFixed(1)} before; ${count} posters a turn, medians of ${rounds} rounds\n`,
);
for (const width of options.widths.split(",").map(Number)) {
  for (const fileType of options.types.split(",")) {
    const format = { fileType, ...(fileType === "jpg" && { quality: 0.8 }) };
    const rates = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = -1; round < rounds; round++) {
      for (const [name, prepared] of Object.entries(contenders)) {
        const begun = performance.now();
        const took = (await prepared(width, format)()) ?? performance.now() - begun;
        // The first round is the warm-up.
        if (round >= 0) rates[name].push((count / took) * 1000);
      }
    }
    const own = median(rates["renderer.render"]);
    console.log(
      `| ${width} × ${Math.round((width * 1334) / 750)}, ${fileType} | a second | renderer ÷ |\n|---|--:|--:|`,
    );
    for (const [name, list] of Object.entries(rates)) {
      const rate = median(list);
      console.log(`| ${name} | ${rate.toFixed(1)} | ${(own / rate).toFixed(2)} |`);
    }
    console.log();
  }
}
const found = [];
for (let round = 0; round < Math.max(5, rounds); round++) {
  const [half, most] = await ask("latency", 750, { fileType: "jpg", quality: 0.8 });
  found.push({ half, most, ratio: most / half });
}
const [half, most, ratio] = ["half", "most", "ratio"].map((key) =>
  median(found.map((one) => one[key])).toFixed(1),
);
const ratios = found.map((one) => one.ratio.toFixed(1)).join(", ");
console.log(`at 80 % load: median ${half} ms, p99 ${most} ms, ${ratio} × (${ratios})`);
if (Number(options.memory) > 0) {
  console.log(`| posters | MiB of the service's process | of the renderer's |\n|--:|--:|--:|`);
  for (const [made, own, ...others] of await ask("growth", Number(options.memory))) {
    console.log(`| ${made} | ${own} | ${others.join(" · ")} |`);
  }
}

await page?.browser.close();
client.close();
ours.disconnect();
await once(ours, "exit");
rmSync(folder, { recursive: true });

function post(data, { fileType, quality }) {
  const path = `/posters/poster.${fileType}${quality ? `?quality=${quality}` : ""}`;
  return client.post(path, JSON.stringify(data));
}
