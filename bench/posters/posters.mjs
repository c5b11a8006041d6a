// Posters a second: the renderer and HTTP beside one process, the bare engine, sharp and Chromium;
// ratios of one run. `npm run bench:posters -- [--rounds 3] [--posters 24] [--widths 750,1500]`,
// with `--no-chromium`, `--only render,Chromium` (parts of names) and `--memory 5000` if wanted.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import sharp from "sharp";
import { createClient } from "./connections.mjs";

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
const { createPosterService, createRenderer, renderPoster } = await import(
  "../../dist/posters/index.js"
);
const { default: poster, FONT, modulesOf } = await import("./poster.mjs");
const { drawPoster } = await import("./draw.js");
GlobalFonts.registerFromPath(FONT, "Bench Sans");
await prepare();

const here = dirname(fileURLToPath(import.meta.url));
const startRenderer = (more) =>
  createRenderer({
    posters: [join(here, "poster.mjs")],
    child: join(here, "../../dist/posters/child/index.js"),
    timeout: 60_000,
    ...more,
  });
const renderer = startRenderer();
const service = createPosterService(renderer, { cache: false, timeout: 60_000, maxQueue: 1000 });
// Connections stay open while other contenders have their turns.
const server = createServer({ keepAliveTimeout: 0 }, service.listener);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = createClient(server.address().port, 20);
await renderer.ready;
const page = options.chromium ? await openPage() : undefined;

let seed = 0;
const dataOf = (width) => {
  seed++;
  return {
    width,
    photo: join(folder, `photo-${width}.jpg`),
    avatar: join(folder, `avatar-${seed % 200}.png`),
    link: `https://example.com/posters/${seed}`,
    title: "山海之间：三天两夜的秋日徒步，从海边的小镇出发，沿着山脊走到灯塔",
    name: `小满的旅行笔记 ${seed}`,
  };
};

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
const together = (make) => () => Promise.all(Array.from({ length: count }, make));

const all = {
  "renderer.render": (width, format) =>
    together(() => renderer.render("poster", dataOf(width), format)),
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
    "Chromium, one page": (width, { fileType }) => serially(() => drawInPage(width, fileType)),
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
      for (const [name, prepare] of Object.entries(contenders)) {
        const begun = performance.now();
        await prepare(width, format)();
        // The first round is the warm-up.
        if (round >= 0) rates[name].push((count / (performance.now() - begun)) * 1000);
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
await latency(750);
if (Number(options.memory) > 0) await growth(Number(options.memory));

await page?.browser.close();
client.close();
await service.close();
server.close();
rmSync(folder, { recursive: true });

/**
 * How long the slowest of a hundred takes at four fifths of the rate that the renderer reaches. The
 * posters are asked for at even distances, whatever the answers: at random ones (Poisson) two
 * processes that take the same time for each would have 3.9 times the median already.
 */
async function latency(width) {
  const format = { fileType: "jpg", quality: 0.8 };
  const make = together(() => renderer.render("poster", dataOf(width), format));
  const found = [];
  for (let round = 0; round < Math.max(3, rounds); round++) {
    const turns = [];
    for (let i = 0; i < 5; i++) {
      const begun = performance.now();
      await make();
      turns.push(performance.now() - begun);
    }
    const times = await underLoad(median(turns) / count / 0.8, width, format);
    const [half, most] = [0.5, 0.99].map((part) => quantile(times, part));
    found.push({ half, most, ratio: most / half });
  }
  const [half, most, ratio] = ["half", "most", "ratio"].map((key) =>
    median(found.map((one) => one[key])).toFixed(1),
  );
  console.log(`at 80 % load: median ${half} ms, p99 ${most} ms, ${ratio} ×`);
}

/** The milliseconds of 400 posters, one each so many milliseconds. */
async function underLoad(each, width, format) {
  const times = [];
  const jobs = [];
  const begun = performance.now();
  for (let i = 0; i < 400; i++) {
    const due = begun + i * each;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const job = renderer.render("poster", dataOf(width), format);
    jobs.push(job.then(() => times.push(performance.now() - due)));
  }
  await Promise.all(jobs);
  return times;
}

/**
 * The memory of this process and of the renderer's, which are not renewed here, after each tenth of
 * the posters.
 */
async function growth(posters) {
  const before = childrenOfThis();
  const renderer = startRenderer({ recycle: Number.POSITIVE_INFINITY });
  await renderer.ready;
  const pids = [process.pid, ...childrenOfThis().filter((pid) => !before.includes(pid))];
  const format = { fileType: "jpg", quality: 0.8 };
  console.log(`| posters | MiB of this process | of the renderer's |\n|--:|--:|--:|`);
  for (let made = 0, tenth = 1; tenth <= 10; tenth++) {
    for (; made < (posters * tenth) / 10; made += count) {
      await together(() => renderer.render("poster", dataOf(750), format))();
    }
    const [own, ...others] = pids.map(residentMebibytes);
    console.log(`| ${made} | ${own} | ${others.join(" · ")} |`);
  }
  await renderer.close();
}

function childrenOfThis() {
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return text.trim().split(" ").map(Number);
}

function residentMebibytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024);
}

function post(data, { fileType, quality }) {
  const path = `/posters/poster.${fileType}${quality ? `?quality=${quality}` : ""}`;
  return client.post(path, JSON.stringify(data));
}

async function openPage() {
  const executablePath = ["/usr/bin/chromium", process.env.CHROMIUM].find(
    (path) => path && existsSync(path),
  );
  if (!executablePath) return undefined;
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  const font = readFileSync(FONT).toString("base64");
  const code = readFileSync(join(here, "draw.js"), "utf8").replace("export function", "function");
  await page.addScriptTag({ content: `${code}; window.drawPoster = drawPoster;` });
  await page.evaluate(async (font) => {
    const face = new FontFace("Bench Sans", `url(data:font/woff2;base64,${font})`);
    document.fonts.add(await face.load());
  }, font);
  return { browser, page };
}

/** The picture comes back as base64, as puppeteer and playwright give it. */
async function drawInPage(width, fileType) {
  const data = dataOf(width);
  const url = (path) =>
    `data:image/${path.endsWith("png") ? "png" : "jpeg"};base64,${readFileSync(path).toString("base64")}`;
  const given = {
    ...data,
    photo: url(data.photo),
    avatar: url(data.avatar),
    modules: modulesOf(data.link),
  };
  const text = await page.page.evaluate(
    async ([given, type]) => {
      const load = async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return image;
      };
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: given.width, height: Math.round((given.width * 1334) / 750) });
      const [photo, avatar] = await Promise.all([load(given.photo), load(given.avatar)]);
      window.drawPoster(canvas.getContext("2d"), { ...given, photo, avatar });
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.8));
      const reader = new FileReader();
      return new Promise((resolve) => {
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(blob);
      });
    },
    [given, fileType === "jpg" ? "image/jpeg" : "image/png"],
  );
  return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
}

/** Photos with the noise of a sensor, and two hundred avatars. */
async function prepare() {
  mkdirSync(folder, { recursive: true });
  for (const width of [750, 1500]) {
    const height = Math.round((width * 1334) / 750);
    const noise = { type: "gaussian", mean: 128, sigma: 24 };
    const light = await sharp({
      create: { width: 24, height: 40, channels: 3, background: "#48a", noise },
    })
      .resize(width, height, { fit: "fill" })
      .jpeg({ quality: 85 })
      .toBuffer();
    writeFileSync(join(folder, `photo-${width}.jpg`), light);
  }
  for (let i = 0; i < 200; i++) {
    const canvas = createCanvas(160, 160);
    const context = canvas.getContext("2d");
    context.fillStyle = `hsl(${i * 37} 70% 60%)`;
    context.fillRect(0, 0, 160, 160);
    context.fillStyle = "#fff";
    context.fillText(String(i), 20 + (i % 100), 80);
    writeFileSync(join(folder, `avatar-${i}.png`), await canvas.encode("png"));
  }
}

function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, part) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];
}
