// Measures start-up: runs whole processes, the library's and the engine's in turn, and gives the
// limit of each ratio.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median } from "./measure.ts";
import type { Facts } from "./report.ts";

const PAIRS = 15;

/** A poster of 750 × 1334: a gradient, a card, soft lights, text. */
const DRAW = `
  function draw(context) {
    const sky = context.createLinearGradient(0, 0, 750, 1334);
    sky.addColorStop(0, "#f6d365");
    sky.addColorStop(1, "#fda085");
    context.fillStyle = sky;
    context.fillRect(0, 0, 750, 1334);
    context.fillStyle = "#fff";
    context.fillRect(40, 60, 670, 1000);
    for (let i = 0; i < 400; i++) {
      const [x, y] = [60 + ((i * 37) % 560), 80 + ((i * 53) % 420)];
      const light = context.createRadialGradient(x + 65, y + 65, 1, x + 65, y + 65, 65);
      light.addColorStop(0, \`hsla(\${i * 7}, 70%, 55%, 0.6)\`);
      light.addColorStop(1, "hsla(0, 0%, 100%, 0)");
      context.fillStyle = light;
      context.fillRect(x, y, 130, 130);
    }
    context.fillStyle = "#333";
    context.font = "36px sans-serif";
    for (let i = 0; i < 8; i++) context.fillText("The quick brown fox " + i, 80, 660 + i * 50);
  }`;
const REPORT = `console.log(process.resourceUsage().maxRSS / 1024);`;

const engine = (type: string) => `
  import { writeFile } from "node:fs/promises";
  import { tmpdir } from "node:os";
  import { createCanvas } from "@napi-rs/canvas";
  ${DRAW}
  const canvas = createCanvas(750, 1334);
  draw(canvas.getContext("2d"));
  await writeFile(tmpdir() + "/start-up-" + process.pid, await canvas.encode(${type === "png" ? '"png"' : '"jpeg", 80'}));
  ${REPORT}
  await (await import("node:fs/promises")).rm(tmpdir() + "/start-up-" + process.pid);`;
const ours = (type: string) => `
  import { createHost } from "wx-canvas-node";
  ${DRAW}
  const host = createHost();
  draw(host.createCanvas("a", 750, 1334).getContext("2d"));
  await host.canvasToTempFilePath({ canvasId: "a", fileType: "${type}", quality: 0.8 });
  ${REPORT}
  await host.dispose();`;

interface Ran {
  ms: number;
  mebibytes: number;
}

async function run(code: string): Promise<Ran> {
  const began = performance.now();
  const args = ["--input-type=module", "-e", code];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: new URL("..", import.meta.url),
  });
  return { ms: performance.now() - began, mebibytes: Number(stdout) };
}

/** Takes ratios pair by pair, so that a drift of the machine affects both. */
async function compare(what: string, a: string, b: string, most: number): Promise<Facts["lines"]> {
  const pairs: [Ran, Ran][] = [];
  for (let i = -1; i < PAIRS; i++) {
    const pair: [Ran, Ran] = [await run(a), await run(b)];
    // The first is the warm-up.
    if (i >= 0) pairs.push(pair);
  }
  const lines: Facts["lines"] = [
    { what, value: median(pairs.map(([{ ms }]) => ms)), unit: "ms" },
    {
      what: `${what}, × the engine alone`,
      value: median(pairs.map(([mine, its]) => mine.ms / its.ms)),
      unit: "×",
      must: `≤ ${most}`,
    },
  ];
  const more = median(pairs.map(([mine, its]) => mine.mebibytes - its.mebibytes));
  if (more > 0)
    lines.push({ what: `${what}, peak above it`, value: more, unit: "MiB", must: "≤ 25" });
  return lines;
}

export async function startUp(): Promise<Facts> {
  return {
    title: "Start-up (whole processes, in pairs)",
    lines: [
      ...(await compare("import", 'import "wx-canvas-node"', 'import "@napi-rs/canvas"', 1.3)),
      ...(await compare("first JPEG of 750×1334", ours("jpg"), engine("jpg"), 1.2)),
      ...(await compare("first PNG of 750×1334", ours("png"), engine("png"), 1)),
    ],
  };
}
