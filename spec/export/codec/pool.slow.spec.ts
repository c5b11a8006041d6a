// Threads: any number gives the same bytes, a dead one is replaced, none keeps a process alive.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs, { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { promisify } from "node:util";
import threads, { Worker } from "node:worker_threads";
import { encoderThreads, setConcurrency, stats } from "../../../lib/concurrency.ts";
import {
  createExecutor,
  type EncodeJob,
  encodePixels,
  encodeWith,
} from "../../../lib/export/codec/codec.ts";
import { type Executor, inThisThread } from "../../../lib/export/codec/executor.ts";
import { encodeWithEngine } from "../../../lib/export/codec/fallback.ts";
import type { Call, Task } from "../../../lib/export/codec/instance.ts";
import { sampleOf } from "../../../lib/export/codec/jpeg.ts";
import { Pool } from "../../../lib/export/codec/pool.ts";
import { unread } from "../../../lib/export/codec/reading.ts";
import { reduce } from "../../../lib/export/codec/reduce.ts";
import { withStub } from "../../support/stubs.ts";
import { comesBack, decode, job, paint, photo, psnr } from "./support.ts";

const concurrency = new URL("../../../lib/concurrency.ts", import.meta.url).href;
const codec = new URL("../../../lib/export/codec/codec.ts", import.meta.url).href;

/** Whole numbers only, so that the picture is the same on every machine too. */
const mixed = paint(900, 700, (x, y) => {
  if (y < 250) return (((x ^ (y * 7)) & 31) * 0x4081000) | 255;
  if (y < 450) return (((x * 3 + y) >> 3) * 0x10204) | 255;
  return (((x * x * 31 + y * y * 17 + x * y) >>> 5) & 7) * 0x1020300 + 0x50607000 + 255;
});
const picture = (settings: Partial<EncodeJob> = {}, of = mixed): EncodeJob => ({
  ...job(of),
  ...settings,
});
const settings: Record<string, Partial<EncodeJob>> = {
  "PNG, default": {},
  "PNG, fast": { compression: "fast" },
  "PNG, small": { compression: "small" },
  JPEG: { type: "jpeg" },
  "JPEG, fast": { type: "jpeg", compression: "fast" },
};
/** The niceness of each of this process's threads, by its number. */
const nicenesses = () =>
  new Map(
    readdirSync("/proc/self/task").map((thread) => {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [thread, Number(fields[16])] as const;
    }),
  );
/** Four bytes, for tasks whose result does not matter. */
const dot = unread(new Uint8Array(new SharedArrayBuffer(4)));

/** Runs the test with other threads in place of the encoder's. */
const withWorkers = (make: (Original: typeof Worker) => Worker, test: () => Promise<void>) =>
  withStub(
    threads,
    "Worker",
    (Original) =>
      // An arrow function cannot be called with `new`.
      function Stub() {
        return make(Original);
      } as never,
    test,
  );

/** Running threads, and the encoders on them from the first picture on. */
async function startPool(size: number, idleMs?: number) {
  const pool = new Pool(() => size, idleMs);
  await pool.start();
  return { pool, executor: createExecutor(pool, 0) };
}
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

describe("encoder threads", () => {
  describe("give the same bytes", () => {
    // Change these only with the encoder: machines, threads and versions of Node must not matter.
    const expected: Record<string, string> = {
      "PNG, default": "cc9a1b7e56c94b53",
      "PNG, fast": "8c48395a74d36147",
      "PNG, small": "ea3646b7173b3c5b",
      JPEG: "9691752a509e6020",
      "JPEG, fast": "7d6c0372386f6b4b",
    };
    for (const [name, setting] of Object.entries(settings)) {
      it(`for ${name} on 1, 2 and 4 threads, on none, and in a worker`, async () => {
        const hashes = [];
        for (const size of [1, 2, 4]) {
          const { pool, executor } = await startPool(size);
          hashes.push(hash(await encodeWith(executor, picture(setting))));
          strictEqual(pool.threads.length, size);
          await pool.close();
        }
        hashes.push(hash(await encodeWith(inThisThread, picture(setting))));
        hashes.push(hash(await inWorker(picture(setting))));
        deepStrictEqual(hashes, Array(5).fill(expected[name]));
      });
    }

    it("for a reduced picture on 1 and 2 threads, and on none", async () => {
      const part = { x: 3.5, y: 0, width: 850, height: 690 };
      const original = { width: 900, height: 700, part };
      const settings = { ...picture(), width: 211, height: 180, original };
      const pixelsBy = async (executor: Executor) => {
        const { read } = await reduce(settings, executor);
        const [pixels] = read([[0, 180]]);
        return hash(pixels as Uint8Array);
      };
      const hashes = [await pixelsBy(inThisThread)];
      for (const size of [1, 2]) {
        const { pool, executor } = await startPool(size);
        hashes.push(await pixelsBy(executor));
        await pool.close();
      }
      deepStrictEqual(hashes, Array(3).fill("b3afc51924356544"));
    });

    it("for a JPEG whose sample has some of the columns, on 1 and 2 threads, and on none", async () => {
      const large = paint(1000, 4000, (x, y) => (((x * x + y * 40_000) >>> 6) << 8) | 255);
      const wanted = picture({ type: "jpeg", compression: "fast" }, large);
      const lefts = new Set(sampleOf(wanted).pieces.map(([, , left]) => left));
      deepStrictEqual(lefts, new Set([0, 480]));
      const hashes = [hash(await encodeWith(inThisThread, wanted))];
      for (const size of [1, 2]) {
        const { pool, executor } = await startPool(size);
        hashes.push(hash(await encodeWith(executor, wanted)));
        await pool.close();
      }
      deepStrictEqual(hashes, Array(3).fill(hashes[0]));
    });

    it("for many pictures at once", async () => {
      const alone = hash(await encodePixels(picture()));
      const together = await Promise.all(Array.from({ length: 12 }, () => encodePixels(picture())));
      deepStrictEqual(new Set(together.map(hash)), new Set([alone]));
    });
  });

  it("have a lower priority than the main thread on few cores, on Linux", async function () {
    const base = getPriority();
    if (process.platform !== "linux" || base > 16) return this.skip();
    const others = new Set(nicenesses().keys());
    const { pool } = await startPool(2);
    const added = [...nicenesses()].filter(([thread]) => !others.has(thread));
    const lowered = added.filter(([, nice]) => nice !== base);
    deepStrictEqual(
      lowered.map(([, nice]) => nice - base),
      [3, 3],
    );
    strictEqual(nicenesses().get(String(process.pid)), base, "of the main thread");
    await pool.close();
  });

  it("continue with the next picture when memory is missing for one", async () => {
    const { pool } = await startPool(1);
    const task = (bytes: number): Task => ({
      call: "pngLook",
      args: [1, 1],
      parts: [[0, bytes]],
    });
    const run = (bytes: number) => pool.run(dot, [task(4), task(bytes)]);
    // WebAssembly cannot address that many.
    const outcomes = await Promise.allSettled([run(4), run(2 ** 33), run(4)]);
    deepStrictEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    await pool.close();
  });

  describe("start", () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    before(() => process.on("warning", note));
    after(() => process.off("warning", note));

    it("when the calling thread has encoded for a while, and then take over", async () => {
      const pool = new Pool(() => 1);
      const executor = createExecutor(pool, 700_000);
      const expected = hash(await encodeWith(inThisThread, picture()));
      strictEqual(hash(await encodeWith(executor, picture())), expected);
      while (pool.threads.length === 0) {
        strictEqual(hash(await encodeWith(executor, picture())), expected);
      }
      strictEqual(hash(await encodeWith(executor, picture())), expected);
      strictEqual(stats().encoder, "threads");
      await pool.close();
    });

    it("not for a single picture", async () => {
      const pool = new Pool(() => 1);
      await encodeWith(createExecutor(pool, 630_000), picture());
      strictEqual(pool.threads.length, 0);
      strictEqual(stats().encoder, "calling thread");
    });

    it("not when messages to them take longer than encoding; no warning follows", async () => {
      const slow = `
        const { parentPort } = require("node:worker_threads");
        parentPort.on("message", () => setTimeout(() => parentPort.postMessage(undefined), 150));`;
      await withWorkers(
        (Original) => new Original(slow, { eval: true }),
        async () => {
          const pool = new Pool(() => 2);
          await rejects(pool.start(), /a message to an encoder thread takes \d+ ms/);
          const executor = createExecutor(pool, 0);
          const before = warnings.length;
          await encodeWith(executor, picture());
          await new Promise((resolve) => setTimeout(resolve, 1500));
          await encodeWith(executor, picture());
          await new Promise(setImmediate);
          strictEqual(warnings.length, before);
          strictEqual(pool.threads.length, 0);
        },
      );
    });

    it("not where the address space is limited, or Node would end the process", () =>
      withStub(
        fs,
        "readFileSync",
        () => (() => "Max address space         20480000000          unlimited  bytes") as never,
        async () => {
          const pool = new Pool(() => 1);
          await rejects(pool.start(), /the address space is limited, as by ulimit -v/);
          strictEqual(pool.threads.length, 0);
        },
      ));

    it("only if some are missing: the limits are not read with every picture", async () => {
      const pool = new Pool(() => 1);
      await pool.start();
      let looks = 0;
      await withStub(
        fs,
        "readFileSync",
        (original) =>
          ((...args: Parameters<typeof fs.readFileSync>) => {
            looks++;
            return original(...args);
          }) as never,
        () => pool.start(),
      );
      strictEqual(looks, 0);
      strictEqual(pool.threads.length, 1);
      await pool.close();
    });

    it("all that can, before one that cannot is reported", () => {
      const answering = `
        const { parentPort } = require("node:worker_threads");
        parentPort.on("message", () => parentPort.postMessage(undefined));`;
      let made = 0;
      const make = (Original: typeof Worker) => {
        if (made++ === 0) throw new Error("no thread");
        return new Original(answering, { eval: true });
      };
      return withWorkers(make, async () => {
        const pool = new Pool(() => 2);
        await rejects(pool.start(), /no thread/);
        strictEqual(pool.threads.length, 1);
        await pool.close();
      });
    });

    const refusals: Record<string, (Original: typeof Worker) => Worker> = {
      "when they are not permitted": () => {
        throw new Error("no thread");
      },
      "when they end as they begin": (Original) =>
        new Original("throw new Error('no thread')", { eval: true }),
      "when they leave as they begin": (Original) => new Original("process.exit()", { eval: true }),
    };
    for (const [name, make] of Object.entries(refusals)) {
      it(`not ${name}: the calling thread encodes the same bytes`, () =>
        withWorkers(make, async () => {
          const executor = createExecutor(new Pool(() => 2), 0);
          const expected = hash(await encodeWith(inThisThread, picture()));
          for (let i = 0; i < 3; i++) {
            strictEqual(hash(await encodeWith(executor, picture())), expected);
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          strictEqual(stats().encoder, "calling thread");
        }));
    }
    it("after a while, if they could not at first", async () => {
      const pool = new Pool(() => 1);
      const executor = createExecutor(pool, 0, 50);
      await withWorkers(
        () => {
          throw new Error("no thread");
        },
        async () => {
          await encodeWith(executor, picture());
          await encodeWith(executor, picture());
        },
      );
      strictEqual(pool.threads.length, 0);
      while (pool.threads.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await encodeWith(executor, picture());
      }
      await encodeWith(executor, picture());
      strictEqual(stats().encoder, "threads");
      await pool.close();
    });

    it("or else one warning names the reason", () => {
      const messages = warnings.map(({ message }) => message);
      strictEqual(messages.length, 1, String(messages));
      match(messages[0] ?? "", /threads cannot start \(Error: no thread\).* the same bytes/);
    });
  });

  it("setConcurrency({ encoderThreads: 0 }) encodes in the calling thread, to the same bytes", async () => {
    const before = encoderThreads();
    try {
      setConcurrency({ encoderThreads: 0 });
      const pool = new Pool();
      const executor = createExecutor(pool, 0);
      const expected = hash(await encodeWith(inThisThread, picture()));
      strictEqual(hash(await encodeWith(executor, picture())), expected);
      await pool.start();
      strictEqual(pool.threads.length, 0);
      strictEqual(hash(await encodeWith(executor, picture())), expected);
      strictEqual(stats().encoder, "calling thread");
    } finally {
      setConcurrency({ encoderThreads: before });
    }
  });

  describe("when one dies", () => {
    /** Kills threads as soon as they have got the stripes. */
    const killing =
      (pool: Pool, executor: Executor, victims: number): Executor =>
      (source, first, work) =>
        executor(source, first, (run, parts) =>
          work((tasks) => {
            const results = run(tasks);
            if (/^(png|jpeg)Stripe$/.test(tasks[0]?.call ?? "")) {
              for (const thread of pool.threads.slice(0, victims)) void thread.terminate();
            }
            return results;
          }, parts),
        );

    for (const [type, victims] of [
      ["png", 1],
      ["png", 2],
      ["jpeg", 1],
      ["jpeg", 2],
    ] as const) {
      it(`others do the work of ${victims} of 2: ${type}`, async () => {
        const { pool, executor } = await startPool(2);
        const wanted = picture({ type });
        const expected = await encodeWith(inThisThread, wanted);
        const others = Array.from({ length: 3 }, () => encodeWith(executor, wanted));
        const bytes = await encodeWith(killing(pool, executor, victims), wanted);
        strictEqual(hash(bytes), hash(expected));
        for (const other of await Promise.all(others)) strictEqual(hash(other), hash(expected));
        strictEqual(pool.threads.length, 2 - victims);
        await pool.start();
        strictEqual(pool.threads.length, 2);
        await pool.close();
      });
    }

    it("an unknown call fails alone", async () => {
      const { pool, executor } = await startPool(2);
      const none: Task = { call: "nothing" as Call, args: [], parts: [[0, 4]] };
      const good = encodeWith(executor, picture());
      await rejects(pool.run(dot, [none]), /is not a function/);
      strictEqual(hash(await good), hash(await encodeWith(executor, picture())));
      await pool.close();
    });

    it("a call that traps fails alone", async () => {
      const { pool, executor } = await startPool(1);
      // The rows go far beyond the end of the memory.
      const task: Task = { call: "pngLook", args: [1 << 28, 3], parts: [[0, 4]] };
      await rejects(pool.run(dot, [task]));
      const [survivor] = pool.threads;
      ok((await encodeWith(executor, picture())).length > 0);
      deepStrictEqual(pool.threads, [survivor]);
      await pool.close();
    });
  });

  it("end on request; the calling thread finishes their work", async () => {
    const { pool, executor } = await startPool(2);
    const expected = hash(await encodeWith(executor, picture()));
    const underWay = encodeWith(executor, picture());
    await new Promise(setImmediate);
    await pool.close();
    strictEqual(hash(await underWay), expected);
    strictEqual(pool.threads.length, 0);
  });

  it("end when they are idle", async () => {
    const { pool, executor } = await startPool(2, 20);
    await encodeWith(executor, picture());
    // On a busy machine one thread may have ended already.
    await Promise.all(pool.threads.map((thread) => once(thread, "exit")));
    strictEqual(pool.threads.length, 0);
    ok((await encodeWith(executor, picture())).length > 0);
    await pool.close();
  });

  it("free the memory of an unusually large picture", async () => {
    const { pool, executor } = await startPool(1);
    await encodeWith(executor, picture());
    const [usual] = pool.threads;
    await encodeWith(executor, picture());
    deepStrictEqual(pool.threads, [usual]);
    const wide = photo(1_000_000, 2);
    await encodeWith(executor, picture({ compression: "small" }, wide));
    ok(!usual || !pool.threads.includes(usual));
    await pool.close();
  });

  it("are not alone: the calling thread frees it, too", async () => {
    const wide = picture({ compression: "small" }, photo(1_000_000, 2));
    const bytes = await encodeWith(inThisThread, wide);
    strictEqual(hash(await encodeWith(inThisThread, wide)), hash(bytes));
  });

  it("encode no picture that ends before its last row: the memory has pixels of others", async () => {
    const { pool, executor } = await startPool(1);
    await encodeWith(executor, picture());
    const reads: Record<string, EncodeJob["read"]> = {
      *nothing() {},
      *"one piece"(pieces) {
        yield* picture().read(pieces.slice(0, 1));
      },
    };
    for (const [name, read] of Object.entries(reads)) {
      for (const type of ["png", "jpeg"] as const) {
        const encoding = encodeWith(executor, picture({ type, read }));
        await rejects(encoding, /expected 900 × \d+ RGBA pixels, got 0 bytes/, name);
      }
    }
    const read = reads.nothing as EncodeJob["read"];
    const encoding = encodeWith(inThisThread, picture({ read }));
    await rejects(encoding, /expected 900 × 700 RGBA pixels, got 0 bytes/);
    await pool.close();
  });

  it("encode no picture without pixels", async () => {
    for (const size of [{ width: 0 }, { height: 0 }]) {
      await rejects(encodePixels(picture(size)), /no picture: \d+ × \d+ pixels/);
    }
  });

  for (const [what, hasTransfer, where, count] of [
    ["have each piece that was read freed at once", true, "on threads", 2],
    ["have it freed at once", true, "in the calling thread", 1],
    ["leave the pieces to the garbage collector on Node 20", false, "on threads", 2],
    ["leave it to the garbage collector on Node 20", false, "in the calling thread", 1],
    ["leave it to the garbage collector where transfer fails", "fails", "in the calling thread", 1],
  ] as const) {
    it(`${what}, ${where}`, async () => {
      const { pool, executor } = await startPool(1);
      const pieces: ArrayBuffer[] = [];
      const { read, ...rest } = job(mixed);
      const bytes = await encodeWith(where === "on threads" ? executor : inThisThread, {
        ...rest,
        *read(rows) {
          for (const pixels of read(rows)) {
            const buffer = pixels.buffer as ArrayBuffer;
            const transfer = () => {
              if (hasTransfer === "fails") throw new TypeError("Cannot transfer ArrayBuffer");
              structuredClone(null, { transfer: [buffer] });
            };
            Object.assign(buffer, { transfer: hasTransfer ? transfer : undefined });
            pieces.push(buffer);
            yield pixels;
          }
        },
      });
      deepStrictEqual(
        pieces.map(({ byteLength }) => byteLength === 0),
        pieces.map(() => hasTransfer === true),
      );
      strictEqual(pieces.length, count);
      await pool.close();
      await comesBack(mixed, {}, (await decode(bytes)).pixels);
    });
  }

  it("do not block the event loop", async () => {
    const large = picture({}, photo(2000, 2000));
    await encodePixels(large);
    let turns = 0;
    let done = false;
    const count = () => {
      turns++;
      if (!done) setImmediate(count);
    };
    count();
    const began = performance.now();
    await encodePixels(large);
    done = true;
    const average = (performance.now() - began) / turns;
    ok(average < 2, `a turn takes ${average} ms`);
  });

  it("do not block it for hundreds of small pictures either", async () => {
    const little = picture({}, photo(100, 100));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all(Array.from({ length: 300 }, () => encodePixels(little)));
    clearInterval(timer);
    ok(turns >= 5, `${turns} turns`);
  });

  it("let a script end at once when its work is done", async () => {
    const { stdout } = await script(`
      const bytes = await encodePixels(job);
      process.on("exit", () => console.log(bytes.length, Math.round(performance.now() - began)));
      const began = performance.now();
    `);
    const [length, time] = stdout.trim().split(" ").map(Number);
    ok((length ?? 0) > 100 && (time ?? 1e9) < 1000, stdout);
  });

  it("leave small pictures to the calling thread, which stats name at first", async () => {
    const { stdout } = await script(`
      import { stats } from ${JSON.stringify(concurrency)};
      const small = { ...job, height: 8 };
      await encodePixels(small);
      console.log(stats().encoder);
      while (stats().encoder !== "threads") await encodePixels(job);
      await encodePixels(small);
      console.log(stats().encoder);
    `);
    strictEqual(stdout.trim(), "calling thread\nthreads");
  });

  it("do not exist before the first picture", async () => {
    const { stdout } = await script(`
      console.log(process.getActiveResourcesInfo().filter((name) => /worker|port/i.test(name)).length);
    `);
    strictEqual(stdout.trim(), "0");
  });

  describe("without WebAssembly", () => {
    it("lets the engine encode", async () => {
      const { stdout } = await script(`
        delete globalThis.WebAssembly;
        const bytes = await encodePixels(job);
        console.log(Buffer.from(bytes).subarray(0, 100).toString("latin1").includes("sRGB"));
      `);
      strictEqual(stdout.trim(), "true");
    });

    it("warns once with the cost; stats name the encoder that was used", async () => {
      const { stdout } = await script(
        `
        import { stats } from ${JSON.stringify(concurrency)};
        process.on("warning", ({ code, message }) => console.log(code, message));
        console.log(stats().encoder);
        for (let i = 0; i < 9; i++) await encodePixels({ ...job, type: "jpeg" });
        console.log(stats().encoder);
      `,
        "--jitless",
      );
      match(
        stdout,
        /^undefined\nWX_CANVAS_ENCODER The encoder cannot run here \(.*WebAssembly.*\).*other bytes.*\nengine\n$/,
      );
    });

    it("writes PNGs with the same pixels", async () => {
      const half = paint(50, 50, (x, y) => ((x * 5) << 24) | ((y * 5) << 16) | ((x + y) * 2 + 28));
      const { pixels } = await decode(await encodeWithEngine(picture({}, half)));
      await comesBack({ ...half, pixels });
    });

    it("writes clear and opaque pixels exactly in PNG", async () => {
      const edges = paint(50, 50, (x, y) => (y < 25 ? 0 : (x * 5 * 0x1020300) | 255));
      const bytes = await encodeWithEngine(picture({}, edges));
      const { pixels } = await decode(bytes);
      strictEqual(Buffer.compare(pixels, edges.pixels), 0);
    });

    it("refuses a PNG wider than any that libpng writes", async () => {
      const { stdout } = await script(`
        const most = 1 << 20;
        const readOne = () => [new Uint8Array(most * 4 + 4)];
        const wide = { ...job, read: readOne, width: most + 1, height: 1 };
        console.log(await encodePixels(wide).catch(String));
      `);
      match(stdout, /^Error: Get png data/);
    });

    it("blends JPEGs with the same background", async () => {
      const clear = paint(50, 50, (x) => (x < 25 ? 0 : 0x102030ff));
      const settings = picture({ type: "jpeg", background: [9, 200, 90] }, clear);
      const [a, b] = [await encodeWithEngine(settings), await encodePixels(settings)];
      ok(psnr((await decode(a)).pixels, (await decode(b)).pixels) > 40);
    });
  });
});

/** Code that reads from `pixels`. */
const READ = `const read = (pieces) =>
  pieces.map(([from, to, left = 0, right = width]) => {
    const at = (x, y) => (y * width + x) * 4;
    const rows = Array.from({ length: to - from }, (_, i) => [at(left, from + i), at(right, from + i)]);
    return new Uint8Array(rows.flatMap(([start, end]) => [...pixels.subarray(start, end)]));
  });`;

/** Encodes in a worker thread of the test, which has the encoder's own threads. */
async function inWorker({ read: _, ...settings }: EncodeJob): Promise<Uint8Array> {
  const worker = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
    import("@oxc-node/core/register")
      .then(() => import(${JSON.stringify(codec)}))
      .then(({ encodePixels }) => {
        const { pixels, width } = workerData;
        ${READ}
        return encodePixels({ ...workerData, read });
      })
      .then((bytes) => parentPort.postMessage(bytes));`,
    { eval: true, workerData: { ...settings, pixels: mixed.pixels } },
  );
  const [bytes] = (await once(worker, "message")) as [Uint8Array];
  await worker.terminate();
  return bytes;
}

function script(code: string, ...flags: string[]): Promise<{ stdout: string }> {
  const source = `
    import { encodePixels } from ${JSON.stringify(codec)};
    const width = 600, height = 600;
    const pixels = new Uint8Array(width * height * 4).map((_, i) => (i * i) >> 8);
    ${READ}
    const background = [255, 255, 255];
    const job = { read, width, height, type: "png", compression: "default", quality: 80, background };
    ${code}`;
  const args = [...flags, "--import=@oxc-node/core/register", "--input-type=module", "-e", source];
  return promisify(execFile)(process.execPath, args);
}
