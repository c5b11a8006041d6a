// The folder of a run: its process, and many workers, killed workers and links.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { configurePictures, matchPicture } from "../../lib/testing/index.ts";
import { begin, keptPath, projectRoot, runFolder, runIn, testOf } from "../../lib/testing/run.ts";
import {
  commandBy,
  filtersOf,
  isWorker,
  look,
  runPid,
  runProcess,
} from "../../lib/testing/run-process.ts";
import { callingFile, fileOf } from "../../lib/testing/test-file.ts";
import { start } from "../support/children.ts";
import { failing, inPlayground, square } from "./support.ts";

describe("the folder of a run", () => {
  it("is emptied at the first write, once, and ignored by git", () =>
    inPlayground(async ({ file, pictures, records }) => {
      mkdirSync(join(pictures, "old"), { recursive: true });
      writeFileSync(join(pictures, "results.jsonl"), '{"kind":"picture"}\n');
      writeFileSync(join(pictures, "run.json"), '{"id":"1-1"}');
      await matchPicture(square(), "one", { in: file });
      await matchPicture(square(), "two", { in: file });
      assert.equal(existsSync(join(pictures, "old")), false);
      assert.equal(records().length, 2);
      assert.equal(readFileSync(join(pictures, ".gitignore"), "utf8"), "*\n");
      assert.equal(runIn(pictures)?.id, runProcess().id);
    }));

  it("takes over a lock that a killed worker has left", () =>
    inPlayground(({ folder }) => {
      const path = join(folder, "locked");
      mkdirSync(join(path, ".lock"), { recursive: true });
      const old = new Date(Date.now() - 60_000);
      utimesSync(join(path, ".lock"), old, old);
      begin({ root: folder, path });
      assert.ok(runIn(path));
      assert.equal(existsSync(join(path, ".lock")), false);
    }));

  it("waits for the worker that has the lock", () =>
    inPlayground(({ folder }) => {
      const path = join(folder, "waiting");
      mkdirSync(join(path, ".lock"), { recursive: true });
      // In a 5th of a second it counts as left behind.
      const almost = new Date(Date.now() - 9_800);
      utimesSync(join(path, ".lock"), almost, almost);
      begin({ root: folder, path });
      assert.ok(Date.now() - almost.getTime() > 10_000);
      assert.ok(runIn(path));
    }));

  it("reports a folder that cannot be locked, without waiting", function () {
    if (process.platform !== "linux") this.skip();
    const path = "/proc/self/task";
    assert.throws(
      () => begin({ root: "/", path }),
      /\/proc\/self\/task: it cannot be written: .*configurePictures\(\{ folder \}\)/,
    );
  });

  it("belongs to all workers that write at once, and loses no line", async () => {
    await inPlayground(async ({ folder, pictures, records }) => {
      writeFileSync(join(folder, "package.json"), "{}");
      mkdirSync(pictures);
      writeFileSync(join(pictures, "left over"), "");
      const library = new URL("../../lib/testing/index.ts", import.meta.url).href;
      const script = (worker: number) => `
        process.chdir(${JSON.stringify(folder)});
        const { matchPicture, configurePictures } = await import(${JSON.stringify(library)});
        configurePictures({ folder: ${JSON.stringify(pictures)} });
        const canvas = wxCanvas.createCanvas("c", 8, 8);
        canvas.getContext("2d").fillRect(0, 0, 4, 4);
        for (let i = 0; i < 20; i++) {
          await matchPicture(canvas, "n" + i, { in: ${JSON.stringify(folder)} + "/t${worker}.js" });
        }`;
      // As mocha's workers: children of one runner.
      const env = { MOCHA_WORKER_ID: "0", CI: "", UPDATE_PICTURES: "" };
      const ended = await Promise.all([1, 2, 3].map((worker) => start(script(worker), env).ended));
      for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
      assert.equal(records().filter(({ kind }) => kind === "picture").length, 60);
      assert.equal(existsSync(join(pictures, "left over")), false);
      assert.equal(runIn(pictures)?.id, look(process.pid).id);
    });
  });

  it("is beside the nearest package.json, and names test files from there", () => {
    assert.equal(projectRoot(), process.cwd());
    assert.equal(projectRoot(join(process.cwd(), "spec", "testing")), process.cwd());
    const { root } = parse(process.cwd());
    assert.equal(projectRoot(root), root);
    const folder = runFolder();
    assert.deepEqual(folder, { root: process.cwd(), path: join(process.cwd(), ".pictures") });
    configurePictures({ folder: "found" });
    assert.equal(runFolder().path, join(process.cwd(), "found"));
    configurePictures({});
    assert.equal(testOf(folder, join(process.cwd(), "spec", "a.ts")), "spec/a.ts");
    assert.equal(
      keptPath({ root: "/p", path: "/p/.pictures" }, "../other/a.ts", "n", "diff"),
      "/p/.pictures/__/other/a.ts/n.diff.png",
    );
  });
});

describe("the process of a run", () => {
  it("is the runner of a worker, and itself of everything else", () => {
    const main = { isThread: false, script: "/a/b.js" };
    const cases: [env: Record<string, string>, facts: object, is: boolean][] = [
      [{}, main, false],
      [{ NODE_TEST_CONTEXT: "child-v8" }, main, true],
      [{ MOCHA_WORKER_ID: "0" }, main, true],
      [{ JEST_WORKER_ID: "1" }, main, false],
      [{}, { ...main, script: "/n/jest-worker/build/processChild.js" }, true],
      [{}, { ...main, script: "/n/vitest/dist/workers/forks.js" }, true],
      [{}, { ...main, script: "/n/tinypool/dist/entry/process.js" }, true],
      [{}, { ...main, script: "/n/ava/lib/worker/base.js" }, true],
      [{}, { isThread: true, script: "/n/ava/lib/worker/base.js" }, false],
      [{}, { ...main, script: "/n/vitest/vitest.mjs" }, false],
      [{}, { ...main, script: undefined }, false],
    ];
    for (const [env, facts, is] of cases)
      assert.equal(isWorker(env, facts), is, JSON.stringify(env));
    assert.equal(isWorker({}, {}), false);
    assert.equal(runPid({ MOCHA_WORKER_ID: "0" }), process.ppid);
    assert.equal(runPid({}), process.pid);
  });

  it("has a different id even when its pid is reused", () => {
    if (process.platform === "linux") assert.match(look(process.pid).id, /^\d+-\d+$/);
    assert.deepEqual(look(2 ** 30), { id: String(2 ** 30), command: [] });
    assert.deepEqual(look(process.pid, "/no proc"), {
      id: String(process.pid),
      command: process.argv,
    });
    assert.deepEqual(commandBy("no such program", 1), []);
    assert.deepEqual(commandBy("echo", 7), ["-ww", "-o", "args=", "-p", "7"]);
  });

  it("shows by its command line that not all tests run", () => {
    const cases: [command: string, filters: string[]][] = [
      ["node node_modules/.bin/jest", []],
      ["node node_modules/.bin/jest -t name", ["-t"]],
      [
        "node node_modules/.bin/jest --testNamePattern=a --shard=1/2",
        ["--testNamePattern=a", "--shard=1/2"],
      ],
      ["node /a/vitest/vitest.mjs run --shard 1/2", ["--shard"]],
      ["node /a/mocha/bin/mocha.js --grep x -f y spec", ["--grep", "-f"]],
      ["node /a/mocha/bin/mocha.js --timeout 5 spec/t.js", []],
      ["node /a/ava --match x", ["--match"]],
      ["node --test --test-name-pattern=x", ["--test-name-pattern=x"]],
      ["node --test -t", []],
      ["", []],
    ];
    for (const [command, filters] of cases) {
      assert.deepEqual(filtersOf(command.split(" ")), filters, command);
    }
  });
});

describe("the test file of a picture", () => {
  it("is the calling one by default", async () => {
    assert.equal(fileOf(import.meta.url), fileOf(new URL(import.meta.url)));
    assert.equal(fileOf("spec/a.ts"), join(process.cwd(), "spec", "a.ts"));
    assert.equal(fileOf(`${pathToFileURL("/a/b.ts").href}?t=1#x`), fileOf("/a/b.ts"));
    const call = () => below();
    const below = () => callingFile(below);
    assert.equal(call(), fileOf(import.meta.url));
    // CommonJS code is identified by its path.
    const filename = join(process.cwd(), "a.cjs");
    const ofCommonJs = runInThisContext("(run) => { const file = run(); return file; }", {
      filename,
    });
    assert.equal(ofCommonJs(below), filename);
  });

  it("is unknown for code outside of files", async () => {
    const call = new Function("run", "return run();");
    const below = () => callingFile(below);
    const { code, message } = await failing(() => call(below));
    assert.equal(code, "INVALID");
    assert.match(message, /give `in: import\.meta\.url`/);
  });
});
