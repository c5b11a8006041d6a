// Threads: the same bytes on any number of them, whatever happens to one, and none that keeps a process alive.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { promisify } from "node:util";
import threads, { Worker } from "node:worker_threads";
import { encodePixels, encodeWith, type Picture } from "../../../lib/export/codec/codec.ts";
import { encodeWithEngine } from "../../../lib/export/codec/fallback.ts";
import {
  type Call,
  local,
  type Machine,
  type Source,
  type Task,
} from "../../../lib/export/codec/machine.ts";
import { Pool } from "../../../lib/export/codec/pool.ts";
import { withStub } from "../../support/stubs.ts";
import { comesBack, decode, job, paint, photo, psnr } from "./support.ts";

const codec = new URL("../../../lib/export/codec/codec.ts", import.meta.url).href;

/** Whole numbers only, so that the picture is the same on every machine too. */
const mixed = paint(900, 700, (x, y) => {
  if (y < 250) return (((x ^ (y * 7)) & 31) * 0x4081000) | 255;
  if (y < 450) return (((x * 3 + y) >> 3) * 0x10204) | 255;
  return (((x * x * 31 + y * y * 17 + x * y) >>> 5) & 7) * 0x1020300 + 0x50607000 + 255;
});
const picture = (settings: Partial<Picture> = {}, of = mixed): Picture =>
  ({ ...job(of), background: [255, 255, 255], ...settings }) as Picture;
const settings: Record<string, Partial<Picture>> = {
  "PNG, default": {},
  "PNG, fast": { compression: "fast" },
  "PNG, small": { compression: "small" },
  JPEG: { type: "jpeg" },
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
/** A picture of one pixel, for calls of which only the outcome counts. */
const dot: Source = {
  width: 1,
  height: 1,
  read: (_, receive) => receive(new Uint8Array(4), [0, 1]),
};
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

describe("encoder threads", () => {
  describe("give the same bytes", () => {
    // Change these only with the encoder: no other machine, thread, or version of Node may.
    const expected: Record<string, string> = {
      "PNG, default": "28b9664fa34522ea",
      "PNG, fast": "d48731516d0a2024",
      "PNG, small": "5a64d18dcfae8bff",
      JPEG: "9775ff613e567690",
    };
    for (const [name, setting] of Object.entries(settings)) {
      it(`${name}: on 1, 2, 4 threads, on none, and in a worker`, async () => {
        const hashes = [];
        for (const size of [1, 2, 4]) {
          const pool = new Pool(size);
          hashes.push(hash(await encodeWith(pool.machine, picture(setting))));
          await pool.close();
        }
        hashes.push(hash(await encodeWith(local, picture(setting))));
        hashes.push(hash(await inWorker(picture(setting))));
        deepStrictEqual(hashes, Array(5).fill(expected[name]));
      });
    }

    it("when many pictures are under way", async () => {
      const alone = hash(await encodePixels(picture()));
      const together = await Promise.all(Array.from({ length: 12 }, () => encodePixels(picture())));
      deepStrictEqual(new Set(together.map(hash)), new Set([alone]));
    });
  });

  it("come after the main thread where cores are few, on Linux", async function () {
    const base = getPriority();
    if (process.platform !== "linux" || base > 16) return this.skip();
    const others = new Set(nicenesses().keys());
    const pool = new Pool(2);
    await encodeWith(pool.machine, picture());
    const added = [...nicenesses()].filter(([thread]) => !others.has(thread));
    const lowered = added.filter(([, nice]) => nice !== base);
    deepStrictEqual(
      lowered.map(([, nice]) => nice - base),
      [3, 3],
    );
    strictEqual(nicenesses().get(String(process.pid)), base, "of the main thread");
    await pool.close();
  });

  it("go on with the next picture when there is no memory for one", async () => {
    const pool = new Pool(1);
    const task = (bytes: number): Task => ({
      call: "pngLook",
      args: [1, 1, 0, 1],
      parts: [[0, bytes]],
    });
    const run = (bytes: number) => pool.machine(dot, (run) => run([task(4), task(bytes)]));
    // More than WebAssembly can address.
    const outcomes = await Promise.allSettled([run(4), run(2 ** 33), run(4)]);
    deepStrictEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    await pool.close();
  });

  describe("when one dies", () => {
    /** Kills threads as soon as they have been given the stripes. */
    const killing =
      (pool: Pool, victims: number): Machine =>
      (source, work) =>
        pool.machine(source, (run) =>
          work((tasks) => {
            const answers = run(tasks);
            if (tasks[0]?.call === "pngStripe") {
              for (const thread of pool.threads.slice(0, victims)) void thread.terminate();
            }
            return answers;
          }),
        );

    for (const victims of [1, 2]) {
      it(`${victims} of 2, their work is done by others`, async () => {
        const pool = new Pool(2);
        const expected = await encodeWith(local, picture());
        const others = Array.from({ length: 3 }, () => encodeWith(pool.machine, picture()));
        const bytes = await encodeWith(killing(pool, victims), picture());
        strictEqual(hash(bytes), hash(expected));
        for (const other of await Promise.all(others)) strictEqual(hash(other), hash(expected));
        await pool.close();
      });
    }

    it("a picture that keeps killing fails, and no other", async () => {
      const pool = new Pool(2);
      const deadly: Machine = (source, work) =>
        pool.machine(source, (run) =>
          work((tasks) => {
            const answers = run(tasks);
            const timer = setInterval(() => void pool.threads[0]?.terminate(), 1);
            return answers.finally(() => clearInterval(timer));
          }),
        );
      await rejects(encodeWith(deadly, picture({ compression: "small" })), /thread ended/);
      const expected = hash(await encodeWith(local, picture()));
      strictEqual(hash(await encodeWith(pool.machine, picture())), expected);
      await pool.close();
    });

    const cannotBegin: Record<string, (Original: typeof Worker) => Worker> = {
      "are not permitted": () => {
        throw new Error("no thread");
      },
      "end as they begin": (Original) =>
        new Original("throw new Error('no thread')", { eval: true }),
    };
    for (const [name, make] of Object.entries(cannotBegin)) {
      it(`all that ${name}, the picture fails`, () =>
        withStub(
          threads,
          "Worker",
          (Original) =>
            // An arrow function cannot be called with `new`.
            function Stub() {
              return make(Original);
            } as never,
          async () => {
            const pool = new Pool(2);
            await rejects(encodeWith(pool.machine, picture()), /no thread/);
            await pool.close();
          },
        ));
    }

    it("a call that there is not fails alone", async () => {
      const pool = new Pool(2);
      const none: Task = { call: "nothing" as Call, args: [], parts: [[0, 4]] };
      const good = encodeWith(pool.machine, picture());
      const run = pool.machine(dot, (run) => run([none]));
      await rejects(run, /exports\[call\] is not a function/);
      strictEqual(hash(await good), hash(await encodeWith(pool.machine, picture())));
      await pool.close();
    });

    it("a call that traps fails alone", async () => {
      const pool = new Pool(1);
      // More rows than there are pixels for, far beyond the memory's end.
      const task: Task = { call: "pngLook", args: [1 << 28, 4, 0, 0], parts: [[0, 4]] };
      await rejects(pool.machine(dot, (run) => run([task])));
      const [survivor] = pool.threads;
      ok((await encodeWith(pool.machine, picture())).length > 0);
      deepStrictEqual(pool.threads, [survivor]);
      await pool.close();
    });
  });

  it("end when asked to, and with them what is under way", async () => {
    const pool = new Pool(2);
    await encodeWith(pool.machine, picture());
    const under = rejects(encodeWith(pool.machine, picture()));
    await new Promise(setImmediate);
    await pool.close();
    await under;
    strictEqual(pool.threads.length, 0);
  });

  it("end when they have nothing to do", async () => {
    const pool = new Pool(2, 20);
    await encodeWith(pool.machine, picture());
    // On a busy machine one may have ended already.
    await Promise.all(pool.threads.map((thread) => once(thread, "exit")));
    strictEqual(pool.threads.length, 0);
    ok((await encodeWith(pool.machine, picture())).length > 0);
    await pool.close();
  });

  it("give the memory of an unusual picture back", async () => {
    const pool = new Pool(1);
    await encodeWith(pool.machine, picture());
    const [usual] = pool.threads;
    await encodeWith(pool.machine, picture());
    deepStrictEqual(pool.threads, [usual]);
    const wide = photo(1_000_000, 2);
    await encodeWith(pool.machine, picture({ compression: "small" }, wide));
    ok(!usual || !pool.threads.includes(usual));
    await pool.close();
  });

  it("have each piece that was read freed as soon as they have their own", async () => {
    const freed: number[] = [];
    const { read, ...rest } = job(mixed);
    const bytes = await encodePixels({
      ...rest,
      read: (pieces, receive) =>
        read(pieces, (pixels, rows) => {
          // Node 20 has no such method; others free the memory by it.
          Object.assign(pixels.buffer, { transfer: (length: number) => freed.push(length) });
          receive(pixels, rows);
        }),
    });
    deepStrictEqual(freed, [0, 0]);
    await comesBack(mixed, {}, (await decode(bytes)).pixels);
  });

  it("leave the event loop to others", async () => {
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

  it("hundreds of little pictures leave it to others too", async () => {
    const little = picture({}, photo(100, 100));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all(Array.from({ length: 300 }, () => encodePixels(little)));
    clearInterval(timer);
    ok(turns >= 5, `${turns} turns`);
  });

  it("let a script end, at once, when its work has ended", async () => {
    const { stdout } = await script(`
      const bytes = await encodePixels(job);
      process.on("exit", () => console.log(bytes.length, Math.round(performance.now() - began)));
      const began = performance.now();
    `);
    const [length, time] = stdout.trim().split(" ").map(Number);
    ok((length ?? 0) > 100 && (time ?? 1e9) < 1000, stdout);
  });

  it("are not there before a picture is", async () => {
    const { stdout } = await script(`
      console.log(process.getActiveResourcesInfo().filter((name) => /worker|port/i.test(name)).length);
    `);
    strictEqual(stdout.trim(), "0");
  });

  describe("without WebAssembly", () => {
    it("the engine encodes", async () => {
      const { stdout } = await script(`
        delete globalThis.WebAssembly;
        const bytes = await encodePixels(job);
        console.log(Buffer.from(bytes).subarray(0, 100).toString("latin1").includes("sRGB"));
      `);
      strictEqual(stdout.trim(), "true");
    });

    it("PNG has the same pixels", async () => {
      const half = paint(50, 50, (x, y) => ((x * 5) << 24) | ((y * 5) << 16) | ((x + y) * 2 + 28));
      const { pixels } = await decode(await encodeWithEngine(picture({}, half)));
      await comesBack({ ...half, pixels });
    });

    it("PNG has clear and opaque pixels as they are", async () => {
      const edges = paint(50, 50, (x, y) => (y < 25 ? 0 : (x * 5 * 0x1020300) | 255));
      const bytes = await encodeWithEngine(picture({}, edges));
      const { pixels } = await decode(bytes);
      strictEqual(Buffer.compare(pixels, edges.pixels), 0);
    });

    it("a PNG wider than any that libpng writes is refused", async () => {
      const { stdout } = await script(`
        const most = 1 << 20;
        const readOne = (_, receive) => receive(new Uint8Array(most * 4 + 4), [0, 1]);
        const wide = { ...job, read: readOne, width: most + 1, height: 1 };
        console.log(await encodePixels(wide).catch(String));
      `);
      match(stdout, /^Error: Get png data/);
    });

    it("JPEG lies on the same background", async () => {
      const clear = paint(50, 50, (x) => (x < 25 ? 0 : 0x102030ff));
      const settings = picture({ type: "jpeg", background: [9, 200, 90] }, clear);
      const [a, b] = [await encodeWithEngine(settings), await encodePixels(settings)];
      ok(psnr((await decode(a)).pixels, (await decode(b)).pixels) > 40);
    });
  });
});

/** Of what `pixels` holds. */
const READ = `const read = (pieces, receive) => {
  for (const [from, to] of pieces) {
    receive(pixels.slice(from * width * 4, to * width * 4), [from, to]);
  }
};`;

/** Encodes in a worker thread of the test's own, with threads of the encoder's inside. */
async function inWorker({ read: _, ...settings }: Picture): Promise<Uint8Array> {
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

function script(code: string): Promise<{ stdout: string }> {
  const source = `
    import { encodePixels } from ${JSON.stringify(codec)};
    const width = 600, height = 600;
    const pixels = new Uint8Array(width * height * 4).map((_, i) => (i * i) >> 8);
    ${READ}
    const job = { read, width, height, type: "png", compression: "default", quality: 80 };
    ${code}`;
  const args = ["--import=@oxc-node/core/register", "--input-type=module", "-e", source];
  return promisify(execFile)(process.execPath, args);
}
