// Small parts of the renderer: a process's memory, flags, keys, counters, shared drawings.
import assert from "node:assert/strict";
import { CanvasError } from "../../lib/index.ts";
import { siteOf, watchCalls } from "../../lib/posters/child/calls.ts";
import { flagsOf, startProcess } from "../../lib/posters/child-process.ts";
import {
  type DrawnPoster,
  definePoster,
  type Poster,
  posterKey,
  renderPoster,
} from "../../lib/posters/index.ts";
import { queryOf } from "../../lib/posters/page.ts";
import { lookInterval, residentBytes } from "../../lib/posters/resident.ts";
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

  it("refuses data of more than 64 levels", async () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    // The list of a key's parts is a level, too.
    posterKey("a", deep(63));
    assert.equal((await failureOf(() => posterKey("a", deep(64)))).code, "INVALID");
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
  });
});

describe("The site of a call", () => {
  const stack = (frame: string) => `Error\n    at context.<computed>\n${frame}`;
  const cases: [string, string][] = [
    ["    at draw (file:///a%20b/card.js:14:13)", "/a b/card.js:14:13"],
    ["    at file:///a/card.js:1:2", "/a/card.js:1:2"],
    ["    at Object.draw (/a/card.cjs:3:4)", "/a/card.cjs:3:4"],
    ["    at new Promise (<anonymous>)", ""],
  ];
  for (const [frame, site] of cases) {
    it(`is ${site || "undefined"} for ${frame.trim()}`, () =>
      assert.equal(siteOf(stack(frame)), site));
  }
  it("is undefined for a stack that ends before it", () => assert.equal(siteOf("Error"), ""));
});

describe("The calls of a drawing", () => {
  const record = (
    draw: (context: Parameters<DrawnPoster<unknown>["draw"]>[0]["context"]) => void,
  ) =>
    watchCalls(
      definePoster<unknown>({
        width: 2,
        height: 2,
        draw: ({ context }) => draw(context),
      }) as Poster,
      (poster) => renderPoster(poster),
    );

  it("show arguments of all kinds in short", async () => {
    const { calls } = await record((context) => {
      context.fillText("x".repeat(50), 1.234, 2, undefined);
      context.fill("evenodd");
    });
    assert.deepEqual(
      calls.map(({ text }) => text),
      [`"${"x".repeat(40)}", 1.23, 2, undefined`, '"evenodd"'],
    );
  });

  it("are the first five thousand; later ones draw and are not listed", async () => {
    const { calls, owners } = await record((context) => {
      for (let i = 0; i < 5_001; i++) context.fillRect(i < 5_000 ? 0 : 1, 0, 1, 1);
    });
    assert.equal(calls.length, 5_000);
    assert.deepEqual([...owners], [1, 0, 0, 0]);
  });
});

describe("Warnings", () => {
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
