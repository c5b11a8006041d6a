// The runners: their packages, test file, command, and flags to update and to filter.
import { miniprogramSimulate } from "./miniprogram-simulate.mjs";

const HOST = 'createTestHost(process.env.BLANK ? {} : { allow: ["blank"] })';

/** Tests for runners with `test` and `expect`: three pictures, two of them named by their test. */
const withExpect = (head, more = "") => `${head}
const { invitation } = require("./draw.cjs");
expect.extend({ toMatchPicture });
test("draws", async () => {
  await expect(invitation()).toMatchPicture("invite");
  await expect(invitation()).toMatchPicture();
  await matchPicture(invitation());
});
test("breaks", () => {
  if (process.env.BREAK) throw new Error("broken on purpose");
});
test("shows something", async () => {
  const host = ${HOST};
  await host.canvasToBuffer({ canvas: host.createCanvas("a", 20, 20) });
});
${more}`;

const TESTING = 'require("wx-canvas-node/testing")';
const jestFile = withExpect(`const { createTestHost, matchPicture, toMatchPicture } = ${TESTING};`);
const inWx = `test("has a global wx", async () => {
  const canvas = wx.createOffscreenCanvas({ width: 20, height: 20 });
  canvas.getContext("2d").fillRect(0, 0, 10, 10);
  await expect(canvas).toMatchPicture("global");
  if (!wxHost.createCanvas) throw new Error("no host");
});`;

const again = `test("loads it again while tests run", () => {
  jest.resetModules();
  ${TESTING};
});`;

const vitestFile = withExpect(
  `import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createTestHost, matchPicture, toMatchPicture } from "wx-canvas-node/testing";
const require = createRequire(import.meta.url);`,
  inWx,
);

/** Tests without expect; the runner may not tell their names. */
const plain = (head, { it = "it", name = "", context = "", end = "" } = {}) => `${head}
const { invitation } = require("./draw.cjs");
${it}("draws", async (${context}) => {
  await matchPicture(invitation(), "invite");
  ${name}
  ${end}
});
${it}("breaks", async (${context}) => {
  if (process.env.BREAK) throw new Error("broken on purpose");
  ${end}
});
${it}("shows something", async (${context}) => {
  const host = ${end === "" ? HOST : HOST.replace("{}", "{ test: t }").replace("{ allow", "{ test: t, allow")};
  await host.canvasToBuffer({ canvas: host.createCanvas("a", 20, 20) });
  ${end}
});
`;

const ESM = `import { createRequire } from "node:module";
import { createTestHost, matchPicture } from "wx-canvas-node/testing";
const require = createRequire(import.meta.url);`;

const main = {
  project: "all",
  packages: [
    "mocha@12",
    "vitest@4",
    "ava@7",
    "jest@30",
    "jest-environment-jsdom@30",
    "miniprogram-simulate",
    "tdesign-miniprogram",
    "jsqr",
    "sucrase",
  ],
};
const mochaFile = {
  "poster.spec.cjs": plain(`const { createTestHost, matchPicture } = ${TESTING};`, {
    name: "await matchPicture(invitation());",
  }),
};
const vitest = (pool) => ({
  ...main,
  name: `vitest 4, ${pool}`,
  files: {
    "poster.test.mjs": vitestFile,
    "vitest.config.mjs": `import { fileURLToPath } from "node:url";
const environment = fileURLToPath(import.meta.resolve("wx-canvas-node/vitest"));
export default { test: { environment, pool: "${pool}" } };`,
  },
  command: ["vitest", "run"],
  update: ["-u"],
  filter: ["-t", "draws"],
  names: ["draws", "draws 2", "global"],
});
const jest = (version, more) => ({
  name: `jest ${version}`,
  files: {
    "poster.test.js": `${jestFile}\n${inWx}\n${again}`,
    "jest.config.js": 'module.exports = { testEnvironment: "wx-canvas-node/jest" };',
  },
  command: ["jest"],
  update: ["-u"],
  filter: ["-t", "draws"],
  names: ["draws", "draws 2", "global"],
  ...more,
});

export const RUNNERS = [
  {
    ...main,
    name: "mocha",
    files: mochaFile,
    command: ["mocha", "poster.spec.cjs"],
    filter: ["--grep", "draws"],
    names: ["draws"],
  },
  {
    ...main,
    name: "mocha in parallel",
    files: mochaFile,
    command: ["mocha", "--parallel", "poster.spec.cjs"],
    filter: ["--grep", "draws"],
    names: ["draws"],
  },
  {
    ...main,
    name: "node:test",
    files: { "poster.test.mjs": plain(`import { it } from "node:test";\n${ESM}`) },
    command: ["node", "--test"],
    filter: undefined,
    names: [],
    needsNames: true,
  },
  {
    ...main,
    name: "ava 7",
    files: {
      "poster.test.mjs": plain(`import test from "ava";\n${ESM}`, {
        it: "test",
        context: "t",
        name: "await matchPicture(invitation(), { test: t });",
        end: "t.pass();",
      }),
    },
    command: ["ava", "poster.test.mjs"],
    filter: ["--match", "draws"],
    names: ["draws"],
  },
  vitest("forks"),
  vitest("threads"),
  jest(30, main),
  jest(29, { project: "jest-29", packages: ["jest@29"] }),
  { ...main, name: "miniprogram-simulate", scenario: miniprogramSimulate },
];
