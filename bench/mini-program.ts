// Measures the cost of opening a mini-program's page again: its files are read and compiled once in
// a process.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createContext, Script } from "node:vm";
import { transform } from "sucrase";
import { createHost, type Host } from "../dist/index.js";
import { openMiniProgram } from "../dist/miniprogram/index.js";
import { median } from "./measure.ts";
import type { Facts } from "./report.ts";

const ROUNDS = 40;
const PAGES = 1000;

const require = createRequire(import.meta.url);
const echarts = readFileSync(require.resolve("echarts/dist/echarts.min.js"), "utf8");
/** Modules as large as a declarative painter of mini-programs, with as many functions. */
const modules = `${Array.from(
  { length: 900 },
  (_, i) => `export function part${i}(context, { left, top, width }) {
  context.setFillStyle(width > ${i} ? "#ffffff" : "#000000");
  return [left * ${i}, top];
}
`,
).join("")}`;

const FILES: Record<string, string> = {
  "app.json": '{ "pages": ["pages/small", "pages/modules", "pages/chart"] }',
  "pages/small.js": `Page({ data: { list: [1, 2, 3] }, onLoad() { this.setData({ title: "山海之间" }); } });
${"function helper(a, b) { return a + b; }\n".repeat(60)}`,
  "pages/small.wxml": `<view class="box"><text>{{ title }}</text><block wx:for="{{ list }}" wx:key="*this"><view>{{ item }}</view></block>
<canvas canvas-id="poster" class="poster" /></view>`,
  "pages/small.wxss": ".box { padding: 20rpx } .box .poster { width: 100%; height: 400rpx }",
  "pages/modules.js": 'import { part0 } from "../modules";\nPage({ part0 });',
  "pages/modules.wxml": '<canvas canvas-id="poster" />',
  "modules.js": modules,
  "pages/chart.js":
    'const echarts = require("../echarts");\nPage({ onLoad() { this.version = echarts.version; } });',
  "pages/chart.wxml": '<canvas type="2d" id="chart" />',
  "echarts.js": echarts,
};

const timeOf = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/**
 * Evaluates the code in a context of its own, from V8's code cache: the least that opening it can
 * take.
 */
function evaluator(code: string): () => void {
  const wrapped = `(function (require, module, exports) {${code}\n})`;
  const evaluate = (script: Script) => {
    const module = { exports: {} };
    script.runInContext(createContext())(() => {}, module, module.exports);
  };
  const first = new Script(wrapped);
  evaluate(first);
  const cachedData = first.createCachedData();
  return () => evaluate(new Script(wrapped, { cachedData }));
}

async function open(host: Host, root: string, path: string): Promise<void> {
  const project = await openMiniProgram(host, { root });
  await project.openPage(path);
  project.dispose();
}

async function race(works: (() => unknown)[]): Promise<number[]> {
  const times: number[][] = works.map(() => []);
  for (let round = -3; round < ROUNDS; round++) {
    for (const [i, work] of works.entries()) {
      const time = await timeOf(work);
      if (round >= 0) times[i]?.push(time);
      await setTimeout(1);
    }
  }
  return times.map(median);
}

async function heap(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await setTimeout(20);
  }
  return process.memoryUsage().heapUsed;
}

/** Measures the page of a project, opened again and again. */
export async function pages(): Promise<Facts> {
  const root = mkdtempSync(join(tmpdir(), "bench-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const host = createHost();
  try {
    const [small = 0, parts = 0, partsAlone = 0, chart = 0, chartAlone = 0] = await race([
      () => open(host, root, "pages/small"),
      () => open(host, root, "pages/modules"),
      evaluator(transform(modules, { transforms: ["imports"] }).code),
      () => open(host, root, "pages/chart"),
      evaluator(echarts),
    ]);
    for (let i = 0; i < 200; i++) await open(host, root, "pages/small");
    const before = await heap();
    for (let i = 0; i < PAGES; i++) await open(host, root, "pages/small");
    const kept = ((await heap()) - before) / PAGES / 1000;
    return {
      title: "A mini-program's page, opened again (project and page, in a realm of its own)",
      lines: [
        { what: "a page of 4 kB", value: small, unit: "ms", must: "≤ 3" },
        {
          what: "a page with 115 kB of ES modules, beyond their evaluation from V8's code cache",
          value: parts - partsAlone,
          unit: "ms",
          must: "≤ 5",
        },
        { what: "a page with echarts (1 MB)", value: chart, unit: "ms" },
        {
          what: "× its evaluation from V8's code cache",
          value: chart / chartAlone,
          unit: "×",
          must: "≤ 1.3",
        },
        { what: `heap that each of ${PAGES} pages leaves`, value: kept, unit: "kB", must: "≤ 1" },
      ],
    };
  } finally {
    await host.dispose();
    rmSync(root, { recursive: true });
  }
}
