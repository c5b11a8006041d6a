// The program of the process that renders untrusted SVGs and AVIFs, and the form of its messages.

/** What a request may use: growth of memory while it works, in bytes, and time, in milliseconds. */
export interface Bounds {
  maxGrowth: number;
  maxTime: number;
}

export interface Request extends Bounds {
  format: "svg" | "avif";
  /** The size in pixels to render the picture at; without one, the answer is only its own size. */
  width?: number;
  height?: number;
}

export interface Answer {
  /** The picture's own size. */
  width: number;
  height: number;
  /** Elements and properties of an SVG that the engine does not know. */
  leftOut: string[];
  /** Whether this process has kept so much memory that a new one should render the next picture. */
  isWorn: boolean;
  /** Why there is no picture. */
  failure?: string;
}

/**
 * Each message has the length of its head in 4 bytes, the head as JSON, and as many bytes as the
 * head says in `length`. A thread watches memory and time while the engine works, since a timer
 * cannot fire while the event loop is blocked: the thread ends the process by SIGKILL for memory,
 * by SIGTERM for time. The program is a string so that it needs no file, and so no loader: it
 * starts the same way from sources, from the build and from bundles.
 */
export const PROGRAM = `
"use strict";
const { Worker } = require("node:worker_threads");
const { createDeflate, crc32 } = require("node:zlib");
const { Image, createCanvas, CanvasElement } = require(process.argv[1]);

// At work or not; then the most bytes, and the time of the end.
const shared = new SharedArrayBuffer(24);
const state = new Int32Array(shared, 0, 1);
const bounds = new Float64Array(shared, 8, 2);
new Worker(\`
  const { workerData } = require("node:worker_threads");
  const state = new Int32Array(workerData, 0, 1);
  const bounds = new Float64Array(workerData, 8, 2);
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    Atomics.wait(state, 0, 0);
    if (process.memoryUsage.rss() > bounds[0]) process.kill(process.pid, "SIGKILL");
    if (Date.now() > bounds[1]) process.kill(process.pid, "SIGTERM");
    Atomics.wait(clock, 0, 0, 3);
  }
\`, { eval: true, workerData: shared }).unref();

const LEFT_OUT = /^(foreignObject|script|animate|animateColor|animateMotion|animateTransform|set|textPath|marker|feDropShadow|video|audio|iframe)$/;

const UNREAD = /(mix-blend-mode|paint-order|vector-effect|dominant-baseline|textLength)[ \\t\\r\\n]*[:=][ \\t\\r\\n"']*([a-z\\d-]+)/g;
const WITHOUT_EFFECT = /^(normal|none|auto|alphabetic|baseline|fill)$/;

/** What is left out of it; fails for what it must not have. */
function read(text) {
  const leftOut = new Set();
  const markup = text.replace(/<!--[^]*?-->|<!\\[CDATA\\[[^]*?\\]\\]>/g, " ");
  const attribute = /[ \\t\\r\\n]*([^ \\t\\r\\n=/>"'<]+)[ \\t\\r\\n]*=[ \\t\\r\\n]*("[^"]*"|'[^']*')/y;
  for (const tag of markup.matchAll(/<([^ \\t\\r\\n/>"'=<!?]+)/g)) {
    const name = tag[1].slice(tag[1].indexOf(":") + 1);
    if (LEFT_OUT.test(name)) leftOut.add(name);
    attribute.lastIndex = tag.index + tag[0].length;
    for (let found = attribute.exec(markup); found; found = attribute.exec(markup)) {
      const target = found[2].slice(1, -1);
      // A link to click on is never followed.
      if (!/(^|:)href$/i.test(found[1]) || name === "a" || target.startsWith("#")) continue;
      if (/^[ \\t\\r\\n]*data:[ \\t]*image\\/svg/i.test(target)) throw new Error("another SVG in it");
      if (/^[ \\t\\r\\n]*data:/i.test(target)) continue;
      const shown = JSON.stringify(Buffer.from(target.slice(0, 60), "latin1").toString());
      throw new Error("a reference to something outside, " + shown + (target.length > 60 ? "…" : ""));
    }
  }
  for (const [, name, value] of markup.matchAll(UNREAD)) {
    if (!WITHOUT_EFFECT.test(value)) leftOut.add(name);
  }
  return [...leftOut];
}

async function load(bytes) {
  const image = new Image();
  image.onerror = () => {};
  image.src = bytes;
  await image.decode();
  return image;
}

function chunk(type, data) {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/** A PNG that takes little time to make and to read, its rows read a few at a time. */
async function png(image, width, height) {
  const canvas = createCanvas ? createCanvas(width, height) : new CanvasElement(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const parts = [Buffer.from("\\x89PNG\\r\\n\\x1a\\n", "latin1"), chunk("IHDR", header)];
  const deflate = createDeflate({ level: 1 });
  deflate.on("data", (data) => parts.push(chunk("IDAT", data)));
  const ended = new Promise((resolve) => deflate.on("end", resolve));
  const stride = 1 + width * 4;
  const rows = Math.max(1, Math.floor(2 ** 18 / width));
  for (let y = 0, since = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y);
    const { data } = context.getImageData(0, y, width, count);
    const lines = Buffer.alloc(count * stride);
    for (let i = 0; i < count; i++) {
      lines.set(data.subarray(i * width * 4, (i + 1) * width * 4), i * stride + 1);
    }
    await new Promise((resolve) => deflate.write(lines, resolve));
    // Copies of pixels count as memory until they are collected.
    since += lines.length;
    if (since > 2 ** 24) {
      since = 0;
      gc();
    }
  }
  deflate.end();
  await ended;
  return Buffer.concat([...parts, chunk("IEND", Buffer.alloc(0))]);
}

const base = process.memoryUsage.rss();

async function answer({ format, width, height, maxGrowth, maxTime }, bytes) {
  bounds[0] = base + maxGrowth;
  bounds[1] = Date.now() + maxTime;
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
  let head, body;
  try {
    const leftOut = format === "svg" ? read(bytes.toString("latin1")) : [];
    const image = await load(bytes).catch(() => {
      throw new Error("");
    });
    head = { width: image.width, height: image.height, leftOut };
    if (width) body = await png(image, width, height);
  } catch (error) {
    head = { width: 0, height: 0, leftOut: [], failure: error.message };
  }
  Atomics.store(state, 0, 0);
  gc();
  send({ ...head, isWorn: process.memoryUsage.rss() - (body?.length ?? 0) > base + 2 ** 25 }, body);
}

function send(head, body = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify({ ...head, length: body.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  process.stdout.write(Buffer.concat([length, text]));
  process.stdout.write(body);
}

let waiting = [];
let turn = Promise.resolve();
process.stdin.on("data", (data) => {
  waiting.push(data);
  for (;;) {
    const bytes = waiting.reduce((sum, part) => sum + part.length, 0);
    if (bytes < 4) return;
    if (waiting[0].length < 4) waiting = [Buffer.concat(waiting)];
    const headLength = waiting[0].readUInt32BE(0);
    if (bytes < 4 + headLength) return;
    if (waiting[0].length < 4 + headLength) waiting = [Buffer.concat(waiting)];
    const head = JSON.parse(waiting[0].toString("utf8", 4, 4 + headLength));
    const end = 4 + headLength + head.length;
    if (bytes < end) return;
    const all = Buffer.concat(waiting);
    waiting = [all.subarray(end)];
    const body = all.subarray(4 + headLength, end);
    turn = turn.then(() => answer(head, body));
  }
});
process.stdin.on("end", () => process.exit());
send({ ready: true });
`;
