// Concurrent exports: their number, their order, a full queue, and signals.
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import * as timers from "node:timers";
import { setImmediate } from "node:timers/promises";
import { encoderThreads, withExportSlot } from "../lib/concurrency.ts";
import { type ExportMessage, setConcurrency, stats } from "../lib/index.ts";
import { start } from "./support/children.ts";
import { drawn, failureOf, withHost } from "./support/hosts.ts";

const DEFAULTS = {
  exports: availableParallelism() + 1,
  pixels: 33_554_432,
  maxQueue: Number.POSITIVE_INFINITY,
};

/** A task that runs until `end` is called. */
function held(pixels = 1, signal?: AbortSignal) {
  let end = () => {};
  let started = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = withExportSlot(pixels, signal, () => {
    started = true;
    return ended;
  });
  return { done, end, hasStarted: () => started };
}

/** Each task starts in a turn of its own of the event loop. */
async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

describe("the limiter", () => {
  afterEach(() => setConcurrency(DEFAULTS));

  it("runs one export more at once than the machine has cores by default", async () => {
    const script = `
      const canvas = new Canvas(300, 300);
      for (let i = 0; i < 100; i++) wxCanvas.createHost().canvasToBuffer({ canvas });
      let most = 0;
      for (let i = 0; i < 100; i++) {
        await new Promise(setImmediate);
        most = Math.max(most, wxCanvas.stats().active);
      }
      console.log(most);
      process.exit();`;
    const { stdout } = await start(`import { Canvas } from "@napi-rs/canvas";${script}`).ended;
    assert.equal(Number(stdout), Math.min(100, availableParallelism() + 1));
  });

  it("runs a number of exports at once, the others in order", async () => {
    setConcurrency({ exports: 2 });
    const tasks = [held(), held(), held(), held()];
    await turn();
    assert.deepEqual(
      tasks.map((task) => task.hasStarted()),
      [true, true, false, false],
    );
    assert.deepEqual([stats().active, stats().queued], [2, 2]);
    tasks[1]?.end();
    await turn();
    assert.deepEqual(
      tasks.map((task) => task.hasStarted()),
      [true, true, true, false],
    );
    for (const task of tasks) {
      task.end();
      await turn();
    }
    await Promise.all(tasks.map((task) => task.done));
    assert.deepEqual([stats().active, stats().queued], [0, 0]);
  });

  it("starts each in its own turn of the event loop", async () => {
    setConcurrency({ exports: 10 });
    let turns = 0;
    let isCounting = true;
    const count = () => {
      turns++;
      if (isCounting) timers.setImmediate(count);
    };
    timers.setImmediate(count);
    const begun = await Promise.all(
      Array.from({ length: 5 }, () => withExportSlot(1, undefined, async () => turns)),
    );
    isCounting = false;
    assert.equal(new Set(begun).size, 5, `begun in turns ${begun}`);
  });

  it("counts the pixels that a reduced picture is made of", () =>
    withHost({}, async (host) => {
      setConcurrency({ exports: 10, pixels: 400 });
      const other = held(1);
      drawn(host.createCanvas("a", 20, 20), (context) => context.fillRect(0, 0, 9, 9));
      const reduced = host.canvasToBuffer({ canvasId: "a", destWidth: 5, destHeight: 5 });
      await turn();
      assert.equal(stats().queued, 1);
      other.end();
      assert.equal((await reduced).width, 5);
    }));

  it("bounds the pixels under way; a larger picture waits, and runs alone", async () => {
    setConcurrency({ exports: 10, pixels: 100 });
    const tasks = [held(60), held(40), held(1), held(500), held(1)];
    await turn();
    assert.deepEqual(
      tasks.map((task) => task.hasStarted()),
      [true, true, false, false, false],
    );
    tasks[0]?.end();
    await turn();
    assert.deepEqual(
      tasks.map((task) => task.hasStarted()),
      [true, true, true, false, false],
    );
    tasks[1]?.end();
    await turn();
    assert.equal(tasks[3]?.hasStarted(), false, "another one is still under way");
    tasks[2]?.end();
    await turn();
    assert.deepEqual(
      tasks.map((task) => task.hasStarted()),
      [true, true, true, true, false],
    );
    tasks[3]?.end();
    await turn();
    tasks[4]?.end();
    await Promise.all(tasks.map((task) => task.done));
  });

  it("continues after a task that fails", async () => {
    setConcurrency({ exports: 1 });
    const failing = withExportSlot(1, undefined, () => Promise.reject(new Error("mine")));
    const next = held();
    await assert.rejects(failing, /mine/);
    await turn();
    next.end();
    await next.done;
  });

  it("fails with BUSY beyond the queue's limit", async () => {
    setConcurrency({ exports: 1, maxQueue: 1 });
    const running = held();
    const waiting = held();
    const failure = await failureOf(() => withExportSlot(1, undefined, async () => {}));
    assert.equal(failure.code, "BUSY");
    assert.match(failure.errMsg, /1 exports are waiting, which is the queue's limit/);
    running.end();
    await turn();
    waiting.end();
    await Promise.all([running.done, waiting.done]);
  });

  it("releases an aborted waiting task at once", async () => {
    setConcurrency({ exports: 1, pixels: 10 });
    const running = held(5);
    const controller = new AbortController();
    const waiting = held(50, controller.signal);
    const behind = held(1);
    await turn();
    controller.abort();
    assert.equal((await failureOf(() => waiting.done)).code, "ABORTED");
    assert.equal(waiting.hasStarted(), false);
    running.end();
    await turn();
    behind.end();
    await Promise.all([running.done, behind.done]);
  });

  it("stops listening to the signal after the wait", async () => {
    setConcurrency({ exports: 1 });
    const controller = new AbortController();
    const tasks = [held(), held(1, controller.signal), held()];
    await turn();
    tasks[0]?.end();
    await turn();
    controller.abort();
    await turn();
    assert.deepEqual([stats().active, stats().queued], [1, 1]);
    for (const task of tasks.slice(1)) {
      task.end();
      await turn();
    }
    await Promise.all(tasks.map((task) => task.done));
  });

  it("releases a task at once that was aborted before it waited", async () => {
    setConcurrency({ exports: 1 });
    const running = held();
    const waiting = held(1, AbortSignal.abort());
    assert.equal((await failureOf(() => waiting.done)).code, "ABORTED");
    assert.equal(stats().queued, 0);
    running.end();
    await running.done;
  });

  it("starts as many small tasks as fit when a large one ends", async () => {
    setConcurrency({ exports: 10, pixels: 100 });
    const large = held(100);
    const small = [held(10), held(10), held(10)];
    await turn();
    large.end();
    await turn();
    assert.deepEqual(
      small.map((task) => task.hasStarted()),
      [true, true, true],
    );
    for (const task of small) task.end();
    await Promise.all(small.map((task) => task.done));
  });

  it("is not changed by setConcurrency without options", async () => {
    setConcurrency({ exports: 1 });
    setConcurrency(undefined as never);
    setConcurrency(null as never);
    const tasks = [held(), held()];
    await turn();
    assert.deepEqual([stats().active, stats().queued], [1, 1]);
    for (const task of tasks) {
      task.end();
      await turn();
    }
  });

  it("keeps its limits when setConcurrency refuses one or does not name it", async () => {
    for (const [options, errMsg] of [
      [
        { exports: 0 },
        /setConcurrency:fail exports: expected a whole number from 1, or Infinity, got 0/,
      ],
      [{ pixels: 1.5 }, /pixels: .* got 1\.5/],
      [{ encoderThreads: -1 }, /encoderThreads: expected a whole number from 0 to 1024, got -1/],
      [{ encoderThreads: Number.POSITIVE_INFINITY }, /encoderThreads: .* got Infinity/],
      [{ maxQueue: -1 }, /maxQueue: expected a whole number from 0/],
      [{ exports: "4" }, /exports: .* got "4"/],
      [
        { exprots: 4 },
        /"exprots": not one of the options \(exports, encoderThreads, pixels, maxQueue, .*imagePixels\)/,
      ],
    ] as const) {
      const failure = await failureOf(() => setConcurrency(options as object));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, errMsg);
    }
    setConcurrency({ maxQueue: undefined });
  });
});

describe("an export's signal", () => {
  let tempDir: string;
  beforeEach(async () => {
    tempDir = await mkdtemp(join(tmpdir(), "spec-"));
  });
  afterEach(() => rm(tempDir, { recursive: true, force: true }));

  it("aborts an export before the call", () =>
    withHost({ tempDir }, async (host) => {
      host.createCanvas("a", 10, 10);
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      const failure = await failureOf(() => host.canvasToTempFilePath({ canvasId: "a", signal }));
      assert.deepEqual([failure.code, failure.cause], ["ABORTED", reason]);
      assert.equal(failure.errMsg, "canvasToTempFilePath:fail the export was aborted");
      assert.deepEqual(await readdir(tempDir), []);
    }));

  it("aborts at any later time: no file is left, or a whole one that is returned", () =>
    withHost({ tempDir }, async (host) => {
      // Large enough for threads: what the calling thread encodes cannot be aborted meanwhile.
      drawn(host.createCanvas("a", 2000, 2000), (context) => context.fillRect(5, 5, 900, 900));
      const begun = performance.now();
      const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
      const took = performance.now() - begun;
      await host.releaseFile(tempFilePath);
      const [directory = ""] = await readdir(tempDir);
      let aborted = 0;
      // The last signal comes too late on every machine.
      const waits = [...Array.from({ length: 40 }, (_, i) => (i / 20) * took), 60_000];
      for (const wait of waits) {
        const controller = new AbortController();
        const { signal } = controller;
        const exporting = host.canvasToTempFilePath({ canvasId: "a", signal });
        const timer = setTimeout(() => controller.abort(), wait);
        const outcome = await exporting.catch((error) => error);
        clearTimeout(timer);
        const files = await readdir(join(tempDir, directory));
        if (outcome.code === "ABORTED") {
          aborted++;
          assert.deepEqual(files, []);
        } else {
          assert.equal(files.length, 1);
          await host.releaseFile(outcome.tempFilePath);
        }
      }
      assert.ok(aborted > 0, "the first signal comes at once");
    }));

  const files = {
    "a little file": { side: 10, stations: "parser, call, snapshot, queue, encoder, store" },
    "a large file": { side: 450, stations: "parser, call, snapshot, queue, encoder, store, name" },
  };
  for (const [name, { side, stations }] of Object.entries(files)) {
    it(`is checked before each stage of ${name}, and each aborted stage leaves nothing`, () =>
      withHost({ tempDir }, async (host) => {
        const context = host.createCanvas("a", side, side).getContext("2d");
        const noise = context.createImageData(side, side);
        for (const i of noise.data.keys()) noise.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
        context.putImageData(noise, 0, 0);
        // Aborted from the nth check on; the parser of the options checks it, too.
        const abortedAt = (n: number) => {
          let asked = 0;
          const question = { get: () => ++asked > n };
          return Object.defineProperty(new EventTarget(), "aborted", question) as AbortSignal;
        };
        let asked = 0;
        for (; ; asked++) {
          const signal = abortedAt(asked);
          const outcome = await host
            .canvasToTempFilePath({ canvasId: "a", signal })
            .catch((error) => error);
          if (outcome.tempFilePath) break;
          assert.equal(outcome.code, "ABORTED");
          const [directory] = await readdir(tempDir);
          assert.deepEqual(directory ? await readdir(join(tempDir, directory)) : [], []);
        }
        // A busy machine may encode in several turns of the event loop, with a check before each.
        assert.ok(asked >= stations.split(",").length, `${asked}: ${stations}`);
      }));
  }

  for (const signal of [5, "abort", {}, { aborted: true }]) {
    it(`has to be an AbortSignal: ${JSON.stringify(signal)}`, () =>
      withHost({}, async (host) => {
        host.createCanvas("a", 10, 10);
        const failure = await failureOf(() =>
          host.canvasToBuffer({ canvasId: "a", signal: signal as never }),
        );
        assert.match(failure.errMsg, /signal: expected an AbortSignal, got /);
      }));
  }
});

describe("the reports of exports", () => {
  it("count bytes and files in stats", () =>
    withHost({}, async (host) => {
      host.createCanvas("a", 10, 10);
      const before = stats();
      const { data } = await host.canvasToBuffer({ canvasId: "a" });
      await host.canvasToTempFilePath({ canvasId: "a" });
      const after = stats();
      assert.equal(after.bytes - before.bytes, data.length * 2);
      assert.equal(after.files - before.files, 1);
    }));

  it("publish each export with its stages and its picture or failure", () =>
    withHost({}, async (host) => {
      const messages: ExportMessage[] = [];
      const listen = (message: unknown) => messages.push(message as ExportMessage);
      subscribe("wx-canvas-node:export", listen);
      try {
        host.createCanvas("a", 10, 20);
        await host.canvasToTempFilePath({ canvasId: "a", fileType: "jpg" });
        await host.canvasToBuffer({ canvasId: "a" });
        await failureOf(() => host.canvasToBuffer({ canvasId: "b" }));
        await failureOf(() => host.canvasToBuffer({ canvasId: "a", x: "left" as never }));
      } finally {
        unsubscribe("wx-canvas-node:export", listen);
      }
      await host.canvasToBuffer({ canvasId: "a" });
      assert.equal(messages.length, 4);
      const [file, buffer, failure, wrong] = messages;
      assert.deepEqual(Object.keys(file?.stages ?? {}), ["snapshot", "queue", "encode", "store"]);
      assert.deepEqual(Object.keys(buffer?.stages ?? {}), ["snapshot", "queue", "encode"]);
      assert.ok(Object.values(file?.stages ?? {}).every((time) => time >= 0));
      const { width, height, type, bytes } = file?.picture ?? assert.fail();
      assert.deepEqual([width, height, type], [10, 20, "image/jpeg"]);
      assert.ok(bytes > 100);
      assert.deepEqual([failure?.error?.code, failure?.stages], ["NOT_FOUND", {}]);
      assert.deepEqual([wrong?.error?.code, wrong?.stages], ["INVALID", {}]);
    }));
});

describe("copies of the library in a realm", () => {
  const threads = encoderThreads();
  afterEach(() => setConcurrency({ ...DEFAULTS, encoderThreads: threads }));

  it("share limits, queue and totals", async () => {
    const second = await import(new URL("../lib/concurrency.ts?copy", import.meta.url).href);
    setConcurrency({ exports: 1, encoderThreads: 1 });
    assert.equal(second.encoderThreads(), 1);
    const task = held();
    let hasStarted = false;
    const other = second.withExportSlot(1, undefined, async () => {
      hasStarted = true;
    });
    await turn();
    assert.equal(hasStarted, false);
    assert.deepEqual([stats().active, stats().queued], [1, 1]);
    task.end();
    await Promise.all([task.done, other]);
    const { files } = stats();
    second.countOutput(0, 1);
    assert.equal(stats().files, files + 1);
    assert.deepEqual(second.stats(), stats());
  });
});
