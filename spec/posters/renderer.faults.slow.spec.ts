// What a poster's code may do to its process, its errors and its caller's data, and what others see.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "../../lib/posters/child-process.ts";
import type { Renderer } from "../../lib/posters/index.ts";
import { residentNow } from "../../lib/posters/resident.ts";
import { printed, start } from "../support/children.ts";
import { failureOf } from "../support/hosts.ts";
import { CHILD, isAlive, POSTERS, until, withRenderer } from "../support/renderers.ts";

/** The failure of the poster `odd`, which does what its data name. */
const failureOfOdd = (renderer: Renderer, how: string) =>
  failureOf(() => renderer.render("odd", { how }));

describe("Data of a render", () => {
  it("are those of the moment of the call", () =>
    withRenderer({}, async (renderer) => {
      const data = { how: "say", text: "" };
      const renders = ["a", "b", "c"].map((text) => {
        Object.assign(data, { text });
        return failureOf(() => renderer.render("odd", data));
      });
      const reasons = (await Promise.all(renders)).map(({ reason }) => reason);
      assert.deepEqual(reasons, ["a", "b", "c"]);
    }));

  it("are refused at once where they cannot be read, with whatever that throws", () =>
    withRenderer({}, async (renderer) => {
      const data = {
        get text() {
          throw null;
        },
      };
      const { code, reason } = await failureOf(() => renderer.render("odd", data));
      assert.equal(code, "INVALID");
      assert.equal(reason, "data: expected a value that can be sent to another process: null");
      assert.deepEqual(renderer.stats().failed, {});
    }));
});

describe("What a poster's code throws", () => {
  const codes: [string, string][] = [
    ["constructor", "DRAW"],
    ["__proto__", "DRAW"],
    ["symbol", "DRAW"],
    ["object", "DRAW"],
    ["long", "DRAW"],
    ["DISPOSED", "DRAW"],
    ["ABORTED", "DRAW"],
    ["CRASHED", "DRAW"],
    ["NOT_MINE", "NOT_MINE"],
  ];
  it("has a code that can be a label, and says nothing about the render", () =>
    withRenderer({}, async (renderer) => {
      for (const [how, code] of codes) {
        const failure = await failureOfOdd(renderer, `code ${how}`);
        assert.equal(failure.code, code, how);
        assert.equal(failure.reason, "odd");
      }
      assert.deepEqual(renderer.stats().failed, { DRAW: 8, NOT_MINE: 1 });
    }));

  it("has details that JSON has, in bounded number and size", () =>
    withRenderer({}, async (renderer) => {
      for (const how of ["function", "bigint", "cyclic", "getter", "text", "large"]) {
        const failure = await failureOfOdd(renderer, `issues ${how}`);
        assert.equal(failure.code, "DATA", how);
        JSON.stringify((failure as { issues?: unknown }).issues);
      }
      const { issues } = (await failureOfOdd(renderer, "issues many")) as { issues?: unknown[] };
      assert.equal(issues?.length, 400);
      assert.equal(renderer.stats().restarts, 0);
    }));
});

describe("The clock that a poster replaces", () => {
  it("spoils no counter", () =>
    withRenderer({}, async (renderer) => {
      await renderer.render("odd", { how: "clock" });
      await renderer.render("odd", { how: "nothing" });
      const { stages } = renderer.stats();
      assert.ok(Object.values(stages).every(Number.isFinite), JSON.stringify(stages));
    }));
});

/** Bytes of a process that is ready. */
async function bytesWhenReady(): Promise<number> {
  const process = startProcess(CHILD, 0);
  await process.ready;
  const bytes = residentNow(process.pid as number);
  process.end();
  await process.ended;
  return bytes;
}

describe("Memory of the first job of a process", () => {
  before(function () {
    if (process.platform !== "linux") this.skip();
  });

  it("is its own, and not of earlier ones", async () => {
    const memory = (await bytesWhenReady()) + 60_000_000;
    for (const warm of [[], [["card", { title: "a" }]]] as const) {
      await withRenderer({ memory: memory + 50_000_000 * warm.length, warm }, async (renderer) => {
        const { code } = await failureOf(() => renderer.render("trouble", { how: "memory" }));
        assert.equal(code, "MEMORY");
        assert.deepEqual(renderer.stats().failed, { MEMORY: 1 });
      });
    }
  }).timeout(60_000);

  it("fails it once where the process alone has more", () =>
    withRenderer({ memory: 1_000_000 }, async (renderer) => {
      const { code } = await failureOf(() => renderer.render("card", { title: "a" }));
      assert.equal(code, "MEMORY");
      assert.deepEqual(renderer.stats().failed, { MEMORY: 1 });
    }));
});

describe("Messages of a process that has been killed", () => {
  let folder = "";
  before(async function () {
    if (process.platform !== "linux") this.skip();
    folder = await mkdtemp(join(tmpdir(), "posters-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("say nothing about the job: the renderer may read them late", async () => {
    const child = join(folder, "child.cjs");
    await writeFile(
      child,
      `process.send({ ready: true });
      setInterval(() => {
        process.send({ begun: true });
        process.send({ failed: { code: "DRAW", reason: "odd", message: "odd" }, isLate: false });
      }, 5);`,
    );
    const dead = startProcess(child, 0);
    await dead.ready;
    // They wait in the channel.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    const limits = { timeout: 10_000, memory: 1 };
    const { code } = await failureOf(() => dead.run({} as never, limits, true));
    assert.equal(code, "MEMORY");
    assert.equal(dead.isSuspect, false);
  });
});

describe("Memory that earlier jobs have left", () => {
  it("fails no other job, in small steps either", () =>
    withRenderer({ memory: 450_000_000, timeout: 60_000 }, async (renderer) => {
      for (let i = 0; i < 12; i++) await renderer.render("odd", { how: "keep" });
      const { restarts, failed } = renderer.stats();
      assert.ok(restarts > 0);
      assert.deepEqual(failed, { MEMORY: restarts });
    })).timeout(90_000);
});

describe("Processes that a poster starts", () => {
  let folder = "";
  let file = "";
  before(async function () {
    if (process.platform === "win32") this.skip();
    folder = await mkdtemp(join(tmpdir(), "posters-"));
    file = join(folder, "pid");
  });
  beforeEach(() => rm(file, { force: true }));
  after(() => rm(folder, { recursive: true, force: true }));

  /** The pid that a poster has written, as a line. */
  async function readPid(): Promise<number> {
    const read = () => readFile(file, "utf8").catch(() => "");
    await until(async () => (await read()).endsWith("\n"), 20_000);
    return Number(await read());
  }

  it("end with the poster's own, however that ends", () =>
    withRenderer({ timeout: 8_000, recycle: 2 }, async (renderer) => {
      const pids: number[] = [];
      for (const [how, code] of [
        ["spawn"],
        ["spawn"],
        ["spawn"],
        ["spawn and exit", "CRASHED"],
        ["spawn and loop", "TIMEOUT"],
      ] as const) {
        await rm(file, { force: true });
        const render = () => renderer.render("odd", { how, text: file });
        if (code) assert.equal((await failureOf(render)).code, code, how);
        else await render();
        pids.push(await readPid());
      }
      await renderer.close();
      assert.equal(new Set(pids).size, 5);
      await until(() => !pids.some(isAlive));
    })).timeout(90_000);

  const idle = ["idle", ""] as const;
  const loop = `renderer.render("trouble", { how: "loop" }).catch(() => {});`;
  const cases = [
    ["kill -9", "SIGKILL", idle],
    ["kill -9", "SIGKILL", ["in an endless loop", loop]],
    ["process.exit", "SIGTERM", idle],
    ["process.exit", "SIGTERM", ["in an endless loop", loop]],
  ] as const;
  for (const [end, signal, [what, then]] of cases) {
    it(`end with ${end} of the renderer's process while the poster's is ${what}`, async () => {
      const url = new URL("../../lib/posters/index.ts", import.meta.url).href;
      const { child, ended } = start(`
        const { createRenderer } = await import(${JSON.stringify(url)});
        const renderer = createRenderer({ posters: ${JSON.stringify(POSTERS)}, processes: 1, child: ${JSON.stringify(CHILD)} });
        process.on("SIGTERM", () => process.exit());
        await renderer.render("odd", { how: "spawn", text: ${JSON.stringify(file)} });
        ${then}
        console.log("started");
        setInterval(() => {}, 1000);`);
      const text = printed(child);
      const pid = await readPid();
      await text;
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(isAlive(pid));
      child.kill(signal);
      await ended;
      await until(() => !isAlive(pid));
    }).timeout(60_000);
  }
});
