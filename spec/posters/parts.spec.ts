// Small parts of the renderer: a process's memory, flags, keys, counters, shared drawings.
import assert from "node:assert/strict";
import { Script } from "node:vm";
import { createCanvas, Path2D } from "@napi-rs/canvas";
import { CanvasError } from "../../lib/index.ts";
import { callsOf } from "../../lib/posters/child/calls.ts";
import { flagsOf, heapFlags, startProcess } from "../../lib/posters/child-process.ts";
import { type DrawnPoster, definePoster, type Poster, posterKey } from "../../lib/posters/index.ts";
import { packError, unpackError } from "../../lib/posters/messages.ts";
import { queryOf } from "../../lib/posters/page.ts";
import { lookInterval, residentBytes, residentNow } from "../../lib/posters/resident.ts";
import { createStatistics } from "../../lib/posters/statistics.ts";
import { collectWarnings } from "../../lib/posters/warnings.ts";
import { failureOf } from "../support/hosts.ts";

describe("The resident set of a process", () => {
  const ask = (pid: number, platform: NodeJS.Platform) =>
    new Promise<number | undefined>((resolve) => {
      residentBytes(pid, resolve, platform);
      setTimeout(() => resolve(undefined), 2_000);
    });

  it("is read from /proc or ps, and is undefined for an ended process", async () => {
    for (const platform of ["linux", "darwin"] as const) {
      const bytes = await ask(process.pid, platform);
      if (bytes !== undefined)
        assert.ok(Math.abs(bytes / process.memoryUsage.rss() - 1) < 0.5, `${platform}: ${bytes}`);
      assert.equal(await ask(2 ** 22 + 1, platform), undefined);
    }
  });
});

describe("The resident set of a process, at once", () => {
  it("is known where there is /proc, and 0 for an ended process", () => {
    assert.equal(residentNow(process.pid, "darwin"), 0);
    assert.equal(residentNow(2 ** 22 + 1, "linux"), 0);
    if (process.platform === "linux") assert.ok(residentNow(process.pid) > 10_000_000);
  });
});

describe("The interval between checks of a process", () => {
  it("is longer when each check starts ps", () => {
    assert.equal(lookInterval("linux"), 50);
    for (const platform of ["darwin", "win32"] as const) assert.equal(lookInterval(platform), 500);
    assert.equal(lookInterval(), lookInterval(process.platform));
  });
});

describe("Node's flags for a child process", () => {
  const cases: [string[], string[]][] = [
    [
      ["--import=a", "--max-old-space-size=100"],
      ["--import=a", "--max-old-space-size=100"],
    ],
    [["--input-type=module", "-e", "code", "--import=a"], ["--import=a"]],
    [["-p", "code"], []],
    [["--eval", "code", "--inspect-brk=0", "--watch", "--test", "--test-only"], []],
  ];
  for (const [given, kept] of cases) {
    it(`are ${JSON.stringify(kept)} of ${JSON.stringify(given)}`, () =>
      assert.deepEqual(flagsOf(given), kept));
  }

  it("give V8 a larger heap, where it is Node's", () => {
    assert.deepEqual(
      [heapFlags(), heapFlags({ deno: "2" }), heapFlags({ bun: "1" })],
      [["--initial-old-space-size=100"], [], []],
    );
  });
});

describe("posterKey", () => {
  it("is the same for the same data, and different for all other data", () => {
    const key = posterKey("a", { x: 1, y: [{ b: 2, a: 1 }] });
    assert.match(key, /^a-[\w-]{43}$/);
    assert.equal(posterKey("a", { y: [{ a: 1, b: 2 }], x: 1 }), key);
    assert.equal(posterKey("a", { y: [{ a: 1, b: 2 }], x: 1 }, {}), key);
    const others = [
      posterKey("b", { x: 1, y: [{ b: 2, a: 1 }] }),
      posterKey("a", { x: 1, y: [{ b: 2, a: 2 }] }),
      posterKey("a", { x: 1, y: [{ b: 2, a: 1 }] }, { fileType: "jpg" }),
      posterKey("a", { x: 1, y: [{ b: 2, a: 1 }] }, { quality: 0.5 }),
      posterKey("a", { x: 1, y: [{ b: 2, a: 1 }] }, {}, "2"),
      posterKey("a", undefined),
      posterKey("a", new Date(0)),
    ];
    assert.equal(new Set([key, ...others]).size, others.length + 1);
  });

  it("reads what toJSON returns, and data that has a key of that name", () => {
    const kept = { toJSON: () => ({ b: 1, a: 2 }) };
    assert.equal(posterKey("a", kept), posterKey("a", { a: 2, b: 1 }));
    assert.equal(posterKey("a", { toJSON: 1, b: 2 }), posterKey("a", { b: 2, toJSON: 1 }));
  });

  it("refuses names that no poster has", async () => {
    for (const name of ["../invite", "a/b", "", "__proto__.png", "邀请", "a".repeat(101), 5]) {
      const failure = await failureOf(async () => posterKey(name as string, {}));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, /^posterKey:fail name: expected the name of a poster, got /);
    }
  });

  it("refuses objects of which JSON keeps nothing, whose keys would be the same", async () => {
    const bytes = new ArrayBuffer(2);
    const all = [
      new Map([[1, 2]]),
      new Set([1]),
      new WeakMap(),
      /a/,
      new Error("a"),
      bytes,
      new DataView(bytes),
      new Uint8Array(),
      new URLSearchParams("a=1"),
      new Blob(["a"]),
      Promise.resolve(1),
      Object(5),
      new (class {})(),
    ];
    for (const value of all) {
      const failure = await failureOf(async () => posterKey("a", { value }));
      assert.match(failure.errMsg, /^posterKey:fail data: expected values that JSON has, got /);
    }
  });

  it("refuses those whose content JSON leaves out, with keys of their own, too", async () => {
    const all = [new Map([[1, 2]]), new Set([1]), /a/, new Error("a"), new ArrayBuffer(2)];
    for (const value of all) {
      const failure = await failureOf(async () => posterKey("a", Object.assign(value, { b: 1 })));
      assert.match(failure.errMsg, /^posterKey:fail data: expected values that JSON has, got /);
    }
  });

  it("takes plain objects without keys of any realm, and others of which JSON keeps something", () => {
    const key = posterKey("a", {});
    for (const data of [Object.create(null), new Script("({})").runInNewContext()]) {
      assert.equal(posterKey("a", data), key);
    }
    const named = Object.assign(new (class {})(), { b: 1 });
    assert.equal(posterKey("a", named), posterKey("a", { b: 1 }));
    const counted = Object.assign(new Map([[1, 2]]), { toJSON: () => [[1, 2]] });
    assert.equal(posterKey("a", counted), posterKey("a", [[1, 2]]));
    assert.equal(posterKey("a", [[], new URL("http://a/")]), posterKey("a", [[], "http://a/"]));
  });

  it("refuses data of more than 64 levels", async () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    // The list of a key's parts is a level, too.
    posterKey("a", deep(63));
    for (const data of [deep(64), { toJSON: 1, more: deep(64) }]) {
      assert.equal((await failureOf(() => posterKey("a", data))).code, "INVALID");
    }
  });
});

describe("The counters of a renderer", () => {
  it("count a hundred origins separately, and the others together", () => {
    const statistics = createStatistics();
    const fetches = Array.from({ length: 103 }, (_, i) => ({
      origin: `https://${i}`,
      cached: false,
      time: 1,
      bytes: 2,
    }));
    statistics.count({ poster: "a", queue: 1, fetches });
    statistics.count({
      poster: "a",
      queue: 1,
      time: 2,
      fetches: [{ origin: "https://0", cached: true, time: 0 }],
    });
    const now = { queued: 0, active: 0, processes: 1, ready: 1 };
    const stats = statistics.read(now);
    assert.equal(Object.keys(stats.fetches).length, 101);
    assert.equal(stats.fetches.others?.count, 3);
    assert.deepEqual(stats.fetches["https://0"], {
      count: 2,
      cached: 1,
      failed: 0,
      bytes: 2,
      time: 1,
    });
    assert.deepEqual([stats.rendered, stats.bytes], [2, 0]);
    assert.deepEqual(stats.stages, { queue: 2, process: 2 });
  });
});

describe("A process that cannot be started", () => {
  it("fails with CRASHED, and has ended", async () => {
    const process = startProcess("/nowhere/child.js", 0, "/nowhere/node");
    assert.equal((await failureOf(() => process.ready)).code, "CRASHED");
    assert.match((await failureOf(() => process.ready)).message, /before it began: .*ENOENT/);
    await process.ended;
    assert.equal(process.pid, undefined);
    const limits = { timeout: 1_000, memory: 2 ** 30 };
    assert.equal((await failureOf(() => process.run({} as never, limits, false))).code, "CRASHED");
  });
});

describe("The calls of a drawing", () => {
  const callsIn = (
    draw: (drawing: Parameters<DrawnPoster<unknown>["draw"]>[0]) => unknown,
    options: object = {},
  ) =>
    callsOf(
      definePoster<unknown>({ width: 20, height: 10, draw: (drawing) => draw(drawing) }) as Poster,
      {},
      options,
    );

  it("have arguments of all kinds in short, and places", async () => {
    const { calls } = await callsIn(({ context, host }) => {
      context.fillText("x".repeat(50), 1.234, 2, undefined);
      context.fill("evenodd");
      context.fill(new Path2D("M0 0H9V9Z"));
      context.putImageData(context.createImageData(2, 2), 3, 4);
      context.drawImage(host.createCanvas("other", 5, 5), 1, 1);
      // Code may replace how stacks are made: then places are not known.
      const { prepareStackTrace } = Error;
      Error.prepareStackTrace = () => undefined;
      context.fillRect(0, 0, 1, 1);
      Error.prepareStackTrace = prepareStackTrace as NonNullable<typeof prepareStackTrace>;
    });
    assert.equal(calls.pop()?.site, "");
    assert.deepEqual(
      calls.map(({ name, text }) => `${name}(${text})`),
      [
        `fillText("${"x".repeat(40)}", 1.23, 2, undefined)`,
        'fill("evenodd")',
        "fill(Path2D)",
        "putImageData(ImageData, 3, 4)",
        "drawImage(Canvas, 1, 1)",
      ],
    );
    for (const { site } of calls) assert.match(site, /^(?:\/|[A-Z]:\\).*parts\.spec\.ts:\d+:\d+$/);
  });

  it("have the path of a script as their place", async () => {
    for (const filename of ["/a b.js", "file:///a%20b.js"]) {
      const script = new Script("(context) => context.fillRect(0, 0, 1, 1)", { filename });
      const { calls } = await callsIn(({ context }) => script.runInThisContext()(context));
      assert.equal(calls[0]?.site, "/a b.js:1:22");
    }
  });

  it("are mapped in logical pixels at any ratio", async () => {
    const { width, height, owners } = await callsIn(
      ({ context }) => context.fillRect(10, 0, 10, 10),
      { pixelRatio: 3 },
    );
    assert.deepEqual([width, height], [20, 10]);
    assert.deepEqual([owners[9], owners[10]], [0, 1]);
  });

  it("are not known of a canvas that the host did not make", async () => {
    const poster = definePoster<unknown>({
      width: 9,
      height: 9,
      async legacy({ host }) {
        const canvas = createCanvas(9, 9);
        const { tempFilePath } = await host.canvasToTempFilePath({ canvas });
        return tempFilePath;
      },
    }) as Poster;
    assert.equal((await failureOf(() => callsOf(poster, {}, {}))).code, "NOT_FOUND");
    const written = definePoster<unknown>({
      width: 9,
      height: 9,
      legacy({ wx }) {
        const path = `${wx.env.USER_DATA_PATH}/own.png`;
        wx.getFileSystemManager().writeFileSync(path, createCanvas(9, 9).toBuffer("image/png"));
        return path;
      },
    }) as Poster;
    assert.equal((await failureOf(() => callsOf(written, {}, {}))).code, "NOT_FOUND");
  });
});

describe("Warnings", () => {
  it("are a hundred of a code at most", async () => {
    const { list, note, hooks, assertNone } = collectWarnings(undefined);
    for (let i = 0; i < 300; i++) note(`toast ${i}.`);
    assert.equal(list.length, 100);
    hooks.onError?.(new CanvasError("SOURCE", "a hole"));
    assert.equal((await failureOf(assertNone)).code, "INCOMPLETE");
  });

  it("report what a draw left out without trying to load it, as a hole", async () => {
    const warnings = collectWarnings(undefined);
    warnings.hooks.onError?.(new CanvasError("SOURCE", "an empty source"));
    warnings.hooks.onError?.(new CanvasError("SOURCE", "an empty source"));
    assert.deepEqual(
      warnings.list.map(({ code }) => code),
      ["PICTURE"],
    );
    assert.equal((await failureOf(() => warnings.assertNone())).code, "INCOMPLETE");
  });
});

describe("An error that is sent", () => {
  it("has texts of bounded length", () => {
    const cause = new Error("x".repeat(1_000_000));
    const packed = packError(new CanvasError("DRAW", cause.message, { cause }));
    for (const text of [packed.reason, packed.message, packed.errMsg, packed.stack]) {
      assert.equal(text?.length, 10_001);
    }
    for (const stack of [undefined, () => 1]) {
      const odd = Object.defineProperty(new Error("odd"), "stack", { value: stack });
      const { stack: sent } = packError(new CanvasError("DRAW", "odd", { cause: odd }));
      assert.equal(sent, stack && String(stack));
    }
  });
});

describe("The details of an error that is sent", () => {
  const sent = (issues: unknown) =>
    packError(Object.assign(new CanvasError("DATA", "wrong"), { issues })).issues;

  it("are what JSON has of them, in bounded number and size", () => {
    assert.deepEqual(sent([{ path: "a", message: "b", extra: () => {} }]), [
      { path: "a", message: "b" },
    ]);
    assert.equal((sent(Array(1000).fill("wrong")) as unknown[]).length, 400);
    for (const odd of [undefined, "text", 5, [1n], ["x".repeat(2_000_000)], () => {}]) {
      assert.equal(sent(odd), undefined);
    }
  });
});

describe("What helps against a failure", () => {
  it("is sent, too", () => {
    const error = new CanvasError("SOURCE", "it is missing", { hint: "npm install it" });
    const { hint, message } = unpackError(packError(error.named("renderPoster")));
    assert.equal(hint, "npm install it");
    assert.equal(message, "renderPoster:fail it is missing (npm install it)");
  });
});

describe("The mark that a poster makes a type of its own", () => {
  it("is sent, and only as such", () => {
    const received = (properties: PropertyDescriptorMap) => {
      const error = Object.defineProperties(new CanvasError("INVALID", "a jpg"), properties);
      return (unpackError(packError(error)) as { isOwnType?: boolean }).isOwnType;
    };
    const unreadable = () => {
      throw new Error("not readable");
    };
    assert.equal(received({ isOwnType: { value: true } }), true);
    assert.equal(received({}), undefined);
    assert.equal(received({ isOwnType: { value: () => {} } }), undefined);
    assert.equal(received({ isOwnType: { get: unreadable } }), undefined);
  });
});

describe("An error whose stack cannot be read", () => {
  it("is sent with the stack of its failure", () => {
    const thrower = () => {
      throw new Error("not readable");
    };
    const cause = Object.defineProperty(new Error("odd"), "stack", { get: thrower });
    const error = new CanvasError("DRAW", "odd", { cause });
    assert.equal(packError(error).stack, error.stack);
  });
});

describe("The query of a page", () => {
  it("has texts for data of any type", () => {
    const odd = { toString: 1, valueOf: 1 };
    assert.deepEqual(queryOf({ id: 7, on: true, name: "小满", none: null, list: [1, 2], odd }), {
      id: "7",
      on: "true",
      name: "小满",
      none: "null",
      list: "[1,2]",
      odd: '{"toString":1,"valueOf":1}',
    });
    assert.deepEqual(queryOf(undefined), {});
  });
});
