// Promise 13: every callback is called at most once, and complete last, in any order of events.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import sharp from "sharp";
import type { DownloadTask } from "../../lib/api/downloads.ts";
import { createHost, type Host, setConcurrency } from "../../lib/index.ts";
import { createRandom } from "../fuzz/random.ts";
import { inFolder, LONG, times } from "../support/promises.ts";
import { answerOf, serveRaw, write } from "../support/servers.ts";

const INTERLEAVINGS = times(10_000, 600);

/** Random numbers that a seed repeats (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A random moment: now, some microtasks, some turns of the loop, or some milliseconds later. */
async function moment(random: (below: number) => number): Promise<void> {
  const [kind, count] = [random(4), random(6)];
  for (let i = 0; i < count; i++) {
    if (kind === 1) await undefined;
    if (kind === 2) await new Promise((resolve) => setImmediate(resolve));
  }
  if (kind === 3) await new Promise((resolve) => setTimeout(resolve, count / 2));
}

interface Call {
  what: string;
  given: string[];
  received: [name: string, value: unknown][];
  isPromise: boolean;
  settled: number;
}

/** Makes one random call on the host; its callbacks note their arguments, and may throw. */
function callOn(host: Host, random: (below: number) => number, origin: string): Call {
  const call: Call = { what: "", given: [], received: [], isPromise: false, settled: 0 };
  let returned = false;
  const callbacks: Record<string, unknown> = {};
  for (const name of ["success", "fail", "complete"]) {
    if (random(2) === 0) continue;
    const throws = random(4) === 0;
    call.given.push(name);
    callbacks[name] = (value: unknown) => {
      assert.ok(returned, `${name} was called before the call returned`);
      call.received.push([name, value]);
      if (throws) throw new Error(`thrown by ${name}`);
    };
  }
  const controller = new AbortController();
  if (random(2) === 0) void moment(random).then(() => controller.abort());
  // Of another library: no more than it takes to be listened to.
  const listeners: (() => void)[] = [];
  const foreign = {
    aborted: false,
    addEventListener: (_: string, f: () => void) => listeners.push(f),
  };
  if (random(2) === 0) void moment(random).then(() => listeners.map((listener) => listener()));
  const options = {
    canvasId: ["a", "b", "none"][random(3)] as string,
    fileType: ["png", "jpg"][random(2)] as string,
    x: [0, 5, 500, "wrong"][random(4)] as number,
    ...(random(2) && { signal: random(2) ? controller.signal : (foreign as never) }),
    ...callbacks,
  };
  const functions = [host.canvasToTempFilePath, host.wx.canvasToTempFilePath] as const;
  const which = random(5);
  call.what = `${["host", "wx", "draw", "download", "picture"][which]} ${JSON.stringify(options)}`;
  let answer: Promise<unknown> | undefined;
  if (which === 2) {
    const context = host.wx.createCanvasContext(options.canvasId);
    context.fillRect(0, 0, 5, 5);
    const { complete } = callbacks;
    call.given = complete ? ["complete"] : [];
    context.draw(random(2) === 0, complete as never);
  } else if (which > 2) {
    const url = `${origin}/${random(2 ** 31)}`;
    const { wx } = host;
    const task = (which === 3 ? wx.downloadFile : wx.getImageInfo)({
      ...({ url, src: url } as { url: string; src: string }),
      ...(callbacks as object),
    }) as unknown as Partial<DownloadTask & Promise<unknown>> | undefined;
    const listener = () => {
      throw new Error("thrown by a listener");
    };
    task?.onProgressUpdate?.(listener);
    if (random(3) === 0) void moment(random).then(() => task?.abort?.());
    answer = call.given.length === 0 ? (task as Promise<unknown>) : undefined;
  } else {
    answer = (functions[which] as (options: object) => Promise<unknown> | undefined)(options);
  }
  returned = true;
  call.isPromise = answer !== undefined;
  answer?.then(
    () => call.settled++,
    () => call.settled++,
  );
  return call;
}

async function interleave(seed: number, tempDir: string, origin: string): Promise<void> {
  const random = randomOf(seed);
  const errors: unknown[] = [];
  setConcurrency({ exports: 1 + random(3) });
  const ending = new AbortController();
  if (random(4) === 0) void moment(random).then(() => ending.abort());
  const host = createHost({
    tempDir,
    onError: (error) => errors.push(error),
    images: { remote: true, privateOrigins: [origin], timeout: 200 },
    signal: ending.signal,
  });
  host.createCanvas("a", 40, 40).getContext("2d").fillRect(5, 5, 20, 20);
  host.mountCanvas({ canvasId: "b", width: 20, height: 20 });
  const calls: Call[] = [];
  for (let n = 1 + random(3); n > 0; n--) {
    calls.push(callOn(host, random, origin));
    if (random(2)) await moment(random);
  }
  await moment(random);
  await host.dispose();
  // The outcome of the work that dispose awaited is reported right after.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setImmediate(resolve));
  for (const { what, given, received, isPromise, settled } of calls) {
    const note = `seed ${seed}: ${what}: ${received.map(([name]) => name)}`;
    const names = received.map(([name]) => name);
    assert.equal(new Set(names).size, names.length, note);
    assert.ok(!(names.includes("success") && names.includes("fail")), note);
    if (given.includes("complete")) assert.equal(names.at(-1), "complete", note);
    if (given.includes("success") && given.includes("fail")) assert.ok(names.length > 0, note);
    assert.equal(new Set(received.map(([, value]) => value)).size <= 1, true, note);
    if (!what.startsWith("draw")) assert.equal(isPromise, given.length === 0, note);
    if (isPromise) assert.equal(settled, 1, note);
  }
}

describe("promise 13: called once", function () {
  this.timeout(LONG);
  after(() => setConcurrency({ exports: availableParallelism() + 1 }));

  it(`holds for ${INTERLEAVINGS} interleavings of exports, draws, fetches, aborts, throws, disposes`, () =>
    inFolder(async (tempDir) => {
      const picture = await sharp({
        create: { width: 3, height: 2, channels: 3, background: "#f00" },
      })
        .png()
        .toBuffer();
      const server = await serveRaw((path, socket) => {
        const seed = Number(path.slice(1));
        if (seed > 0) void write(socket, answerOf(createRandom(seed), picture));
        else socket.end("HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n");
      });
      try {
        const first = Math.floor(Math.random() * 2 ** 31);
        for (let done = 0; done < INTERLEAVINGS; done += 10) {
          const seeds = Array.from({ length: 10 }, (_, i) => first + done + i);
          await Promise.all(seeds.map((seed) => interleave(seed, tempDir, server.origin)));
        }
      } finally {
        server.close();
      }
      assert.deepEqual(await readdir(tempDir), []);
    }));
});
