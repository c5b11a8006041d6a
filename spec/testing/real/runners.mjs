// The runners: their packages, test file, command, and flags to update and to filter.
import { miniprogramSimulate } from "./miniprogram-simulate.mjs";

const HOST = 'createTestHost(process.env.BLANK ? {} : { allow: ["blank"] })';

/** A host of several tests, and one of each test. */
const hosts = (all, after) => `const hosts = [createTestHost()];
${all}(() => void hosts.push(createTestHost()));
beforeEach(() => void (hosts[2] = createTestHost()));
${after}(() => Promise.all(hosts.map((host) => host.dispose())));`;

/** Tests for runners with `test` and `expect`: three pictures, two of them named by their test. */
const withExpect = (head, more = "") => `${head}
const { invitation } = require("./draw.cjs");
expect.extend({ toMatchPicture });
${hosts("beforeAll", "afterAll")}
test("shares a host", async () => {
  for (const host of hosts) await expect(invitation(host)).toMatchPicture("shared");
});
test("forgets", () => {
  if (process.env.FORGET) expect(invitation()).toMatchPicture("forgotten");
});
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

/** Tests that run at once; each has a name of its own where the runner tells them apart. */
const atOnce = `describe.concurrent("at once", () => {
  for (const [name, ms] of [["first", 60], ["second", 20]]) {
    test(name, async (t) => {
      const host = createTestHost({ test: t });
      await new Promise((resolve) => setTimeout(resolve, ms));
      await t.expect(invitation(host)).toMatchPicture();
      await matchPicture(invitation(host), { test: t });
    });
  }
  for (const [name, ms] of [["third", 60], ["fourth", 0]]) {
    test(name, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      await expect(invitation()).toMatchPicture(name);
    });
  }
  test("unnamed", () => expect(matchPicture(invitation())).rejects.toThrow("expected the name"));
});`;
const jestAtOnce = `for (const [name, ms] of [["first", 60], ["second", 20]]) {
  test.concurrent(name, async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await expect(invitation()).toMatchPicture();
  });
}`;

const again = `test("loads it again while tests run", () => {
  jest.resetModules();
  ${TESTING};
});`;

const vitestFile = withExpect(
  `import { createRequire } from "node:module";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestHost, matchPicture, toMatchPicture } from "wx-canvas-node/testing";
const require = createRequire(import.meta.url);`,
  `${inWx}
${atOnce}`,
);

/** Tests without expect; the runner may not tell their names. */
const plain = (
  head,
  { it = "it", name = "", context = "", end = "", shared = "", forgotten = '"forgotten"' } = {},
) => `${head}
const { invitation } = require("./draw.cjs");
${shared}
${it}("forgets", async (${context}) => {
  if (process.env.FORGET) matchPicture(invitation(), ${forgotten});
  ${end}
});
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

/** A host of several tests in runners with `it`. */
const sharedHosts = `${hosts("before", "after")}
it("shares a host", async () => {
  for (const [i, host] of hosts.entries()) await matchPicture(invitation(host), "shared " + i);
});`;

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
    shared: sharedHosts,
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
  names: ["draws", "draws 2", "global", "shared 3", "at once - first 2", "at once - second 2"],
});
const jest = (version, more) => ({
  name: `jest ${version}`,
  files: {
    "poster.test.js": `${jestFile}\n${inWx}\n${again}${version === 30 ? jestAtOnce : ""}`,
    "jest.config.js": 'module.exports = { testEnvironment: "wx-canvas-node/jest" };',
  },
  command: ["jest"],
  update: ["-u"],
  filter: ["-t", "draws"],
  names: ["draws", "draws 2", "global", "shared 3", ...(version === 30 ? ["first", "second"] : [])],
  ...more,
});

export const RUNNERS = [
  {
    ...main,
    name: "mocha",
    files: mochaFile,
    command: ["mocha", "poster.spec.cjs"],
    filter: ["--grep", "draws"],
    names: ["draws", "shared 0", "shared 1", "shared 2"],
  },
  {
    ...main,
    name: "mocha in parallel",
    files: mochaFile,
    command: ["mocha", "--parallel", "poster.spec.cjs"],
    filter: ["--grep", "draws"],
    names: ["draws", "shared 0", "shared 1", "shared 2"],
  },
  {
    ...main,
    name: "node:test",
    files: {
      "poster.test.mjs": plain(
        `import { after, before, beforeEach, it } from "node:test";\n${ESM}`,
        { shared: sharedHosts },
      ),
    },
    command: ["node", "--test"],
    filter: undefined,
    names: ["shared 0", "shared 1", "shared 2"],
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
        forgotten: '"forgotten", { test: t }',
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
