// The renderer: posters in child processes, and every way in which one of them can fail.
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  createPosterService,
  createRenderer,
  type Renderer,
  type RendererOptions,
  type RenderMessage,
  renderPoster,
} from "../../lib/posters/index.ts";
import { parseRendererOptions } from "../../lib/posters/renderer-options.ts";
import { start } from "../support/children.ts";
import { failureOf } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";
import { CHILD, isAlive, POSTERS, until, withRenderer } from "../support/renderers.ts";
import card from "./fixtures/card.ts";

/** The facts that the poster `trouble` returns about its process. */
async function tell(renderer: Renderer) {
  const failure = await failureOf(() => renderer.render("trouble", { how: "count" }));
  const [jobs, pid, isPatched] = failure.reason.split(" ");
  return { jobs: Number(jobs), pid: Number(pid), isPatched: isPatched === "true" };
}

describe("createRenderer", () => {
  // Without text: fonts belong to a process, and other specs load some into this one.
  it("renders what renderPoster renders, byte by byte", () =>
    withRenderer({ processes: 2 }, async (renderer) => {
      assert.deepEqual(
        [...renderer.names],
        ["card", "legacy", "no-poster", "odd", "told", "trouble"],
      );
      const own = await renderPoster(
        card,
        { title: "" },
        { fileType: "jpg", quality: 0.8, pixelRatio: 2 },
      );
      const pictures = await Promise.all(
        Array.from({ length: 6 }, () =>
          renderer.render("card", { title: "" }, { fileType: "jpg", quality: 0.8, pixelRatio: 2 }),
        ),
      );
      for (const picture of pictures) {
        assert.ok(Buffer.isBuffer(picture.data));
        assert.deepEqual(picture.data, own.data);
        assert.deepEqual(
          [picture.width, picture.height, picture.type, picture.warnings],
          [240, 160, "image/jpeg", []],
        );
      }
    }));

  it("fails with the process's message, and the lines of the poster as cause", () =>
    withRenderer({}, async (renderer) => {
      const data = await failureOf(() => renderer.render("card", { colour: "red" }));
      assert.equal(data.code, "DATA");
      assert.deepEqual((data as unknown as { issues: unknown }).issues, [
        { path: "title", message: "must be a text" },
        { path: "colour", message: "must be #rrggbb" },
      ]);
      const thrown = await failureOf(() => renderer.render("trouble", { how: "throw" }));
      assert.equal(thrown.code, "DRAW");
      assert.equal(thrown.message, "renderPoster:fail the drawing code is wrong");
      assert.match((thrown.cause as Error).stack ?? "", /fixtures\/trouble\.ts:\d+/);
      const strict = await failureOf(() =>
        renderer.render("legacy", { src: "none.png" }, { strict: true }),
      );
      assert.equal(strict.code, "INCOMPLETE");
      assert.equal(
        (strict as unknown as { warnings: { src: string }[] }).warnings[0]?.src,
        "none.png",
      );
      const none = await failureOf(() => renderer.render("no-poster"));
      assert.match(
        none.message,
        /the default export of no-poster: expected the result of definePoster/,
      );
    }));

  it("refuses wrong requests before a process gets them", () =>
    withRenderer({}, async (renderer) => {
      const wrong: [unknown[], string, RegExp][] = [
        [["nobody"], "NOT_FOUND", /^render:fail there is no poster "nobody"$/],
        [["card", {}, { fileType: "gif" }], "INVALID", /fileType/],
        [["card", {}, { signal: 5 }], "INVALID", /signal: expected an AbortSignal, got 5$/],
        [
          ["card", { title: () => {} }],
          "INVALID",
          /data: expected a value that can be sent to another process/,
        ],
        [["card", {}, { signal: AbortSignal.abort() }], "ABORTED", /aborted/],
      ];
      for (const [args, code, errMsg] of wrong) {
        const failure = await failureOf(() =>
          renderer.render(...(args as Parameters<Renderer["render"]>)),
        );
        assert.equal(failure.code, code);
        assert.match(failure.errMsg, errMsg);
      }
      await renderer.render("card", { title: "still alive" });
    }));

  it("kills an endless loop at its timeout, counted from when a process has the job", () =>
    withRenderer({ timeout: 3_000 }, async (renderer) => {
      await renderer.ready;
      const begun = performance.now();
      const looped = failureOf(() => renderer.render("trouble", { how: "loop" }));
      const others = [200, 200].map((ms) => renderer.render("trouble", { how: "sleep", ms }));
      assert.equal((await looped).code, "TIMEOUT");
      const took = performance.now() - begun;
      assert.ok(took >= 2_990 && took < 9_000, `${took} ms`);
      // Both waited longer than the timeout.
      await Promise.all(others);
      assert.equal(renderer.stats().restarts, 1);
    }));

  it("kills a process that takes too much memory, Buffers included", () =>
    withRenderer({ memory: 400_000_000, timeout: 60_000 }, async (renderer) => {
      const failure = await failureOf(() => renderer.render("trouble", { how: "memory" }));
      assert.equal(failure.code, "MEMORY");
      assert.match(failure.message, /the process has \d+ bytes in memory, the limit is 400000000/);
      await renderer.render("card", { title: "next" });
    }));

  for (const [how, reason] of [
    ["segfault", /the process ended by SIGSEGV/],
    ["abort", /the process ended by SIGABRT/],
    ["exit", /the process ended with exit code 3/],
    ["later", /the process ended: thrown by a timer/],
  ] as const) {
    it(`fails the job alone when its process ends (${how})`, () =>
      withRenderer({ processes: 2 }, async (renderer) => {
        const others = Array.from({ length: 8 }, () =>
          renderer.render("trouble", { how: "sleep", ms: 30 }),
        );
        const failure = await failureOf(() => renderer.render("trouble", { how }));
        assert.equal(failure.code, "CRASHED");
        assert.match(failure.message, reason);
        assert.equal((await Promise.all(others)).length, 8);
        assert.equal(renderer.stats().failed.CRASHED, 1);
      }));
  }

  it("renders a job again in another process after a crash, with retry: 1", () =>
    withRenderer({ retry: 1, processes: 2 }, async (renderer) => {
      await renderer.ready;
      const slow = renderer.render("trouble", { how: "sleep", ms: 1_000 });
      await until(() => renderer.stats().active === 1);
      const { pid } = await tell(renderer);
      const second = renderer.render("trouble", { how: "sleep", ms: 1_000 });
      await until(() => renderer.stats().active === 2);
      process.kill(pid, "SIGKILL");
      await Promise.all([slow, second]);
      assert.equal(renderer.stats().restarts, 1);
      const failure = await failureOf(() => renderer.render("trouble", { how: "exit" }));
      assert.equal(failure.code, "CRASHED");
      assert.equal(renderer.stats().failed.CRASHED, 3);
    }));

  it("renders a job again that ended by the code of an earlier one", () =>
    withRenderer({ processes: 1 }, async (renderer) => {
      await renderer.render("trouble", { how: "leave" });
      await renderer.render("trouble", { how: "release" });
      const { restarts, failed } = renderer.stats();
      assert.deepEqual([restarts, failed], [1, { CRASHED: 1 }]);
    }));

  for (const how of ["blockLater", "deaf"]) {
    it(`renders a job again that a process never took because of an earlier one (${how})`, () =>
      withRenderer({ processes: 1, timeout: 2_000 }, async (renderer) => {
        await renderer.render("trouble", { how });
        await new Promise((resolve) => setTimeout(resolve, 400));
        await renderer.render("card", { title: "next" });
        const { restarts, failed } = renderer.stats();
        assert.deepEqual([restarts, failed], [1, { TIMEOUT: 1 }]);
      }));
  }

  it("lets posters send nothing, as to a process manager", () =>
    withRenderer({ processes: 1 }, async (renderer) => {
      for (let i = 0; i < 3; i++) {
        const { width } = await renderer.render("trouble", { how: "greet" });
        assert.equal(width, 50);
      }
      assert.equal(renderer.stats().restarts, 0);
    }));

  it("loses no job when an idle process is killed", () =>
    withRenderer({}, async (renderer) => {
      for (let i = 0; i < 3; i++) {
        const { pid } = await tell(renderer);
        process.kill(pid, "SIGKILL");
        await renderer.render("card", { title: "on" });
      }
    }));

  it("keeps modules from job to job, and replaces a process after the number in recycle", () =>
    withRenderer({ recycle: 3 }, async (renderer) => {
      const answers = [];
      for (let i = 0; i < 7; i++) answers.push(await tell(renderer));
      assert.deepEqual(
        answers.map(({ jobs }) => jobs),
        [1, 2, 3, 1, 2, 3, 1],
      );
      assert.equal(new Set(answers.map(({ pid }) => pid)).size, 3);
      assert.equal(renderer.stats().restarts, 0);
    }));

  it("has the successor of a busy process ready before its last job", () =>
    withRenderer({ recycle: 10 }, async (renderer) => {
      const begun = performance.now();
      await renderer.ready;
      const startMs = performance.now() - begun;
      const pids: number[] = [];
      for (let i = 0; i < 8; i++) pids.push((await tell(renderer)).pid);
      assert.equal(renderer.stats().processes, 2);
      // Long enough for the start of the other, which takes no job meanwhile.
      await renderer.render("trouble", { how: "sleep", ms: 2 * startMs });
      pids.push((await tell(renderer)).pid);
      assert.equal(new Set(pids).size, 1);
      let queued = Number.POSITIVE_INFINITY;
      const listen = (message: unknown) => {
        queued = (message as RenderMessage).queue;
      };
      subscribe("wx-canvas-node:render", listen);
      pids.push((await tell(renderer)).pid);
      unsubscribe("wx-canvas-node:render", listen);
      assert.equal(new Set(pids).size, 2);
      assert.ok(queued < 100, `it waited ${queued} ms`);
      const { ready, restarts } = renderer.stats();
      assert.deepEqual([ready, restarts], [1, 0]);
    }));

  it("has the successors of processes that end together ready before their last jobs", async () => {
    // The only warm job fails with a warning, after which the process is ready.
    let started = 0;
    const listen = ({ message }: Error) => {
      if (message.startsWith("warm: ")) started++;
    };
    process.on("warning", listen);
    const warm = [["card", {}]] as const;
    const options = { processes: 2, recycle: 20, warm, timeout: 20_000 };
    const folder = await mkdtemp(join(tmpdir(), "wx-canvas-renderer-"));
    try {
      await withRenderer(options, async (renderer) => {
        /** Gives the next free process a job, which lasts until the returned function is called. */
        function occupy(name: string) {
          const file = join(folder, name);
          const job = renderer.render("trouble", { how: "waitFor", file });
          return async () => {
            await writeFile(file, "");
            await job;
          };
        }
        await renderer.ready;
        const pids: number[] = [];
        const tellTimes = async (times: number) => {
          for (let i = 0; i < times; i++) pids.push((await tell(renderer)).pid);
        };
        // The first process comes to the last fifth of its jobs alone, the second beside it.
        await tellTimes(16);
        const freeFirst = occupy("first");
        await tellTimes(16);
        await until(() => started === 3);
        // The first needs a successor, too: the second makes room for it.
        await tellTimes(1);
        await until(() => renderer.stats().processes === 2);
        const freeNext = occupy("next");
        await freeFirst();
        await tellTimes(1);
        await until(() => started === 4);
        assert.equal(renderer.stats().processes, 3);
        // Its successor waits until it has had all its jobs.
        await tellTimes(3);
        await freeNext();
        const [first, second] = [pids[0], pids[16]];
        const last = pids.pop();
        const expected = [...Array(16).fill(first), ...Array(17).fill(second)];
        assert.deepEqual(pids, [...expected, first, first, first]);
        assert.ok(last !== first && last !== second);
        assert.equal(renderer.stats().restarts, 0);
      });
    } finally {
      process.off("warning", listen);
      await rm(folder, { recursive: true });
    }
  });

  it("gives each job its own process with recycle: 1", () =>
    withRenderer({ recycle: 1, processes: 2 }, async (renderer) => {
      await renderer.render("trouble", { how: "patch" });
      const answers = await Promise.all(Array.from({ length: 5 }, () => tell(renderer)));
      for (const { jobs, isPatched } of answers) assert.deepEqual([jobs, isPatched], [1, false]);
    }));

  it("warms up before it takes jobs, and warns of posters that it cannot warm", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on("warning", listen);
    try {
      const warm = [
        ["card", { title: "a" }],
        ["trouble", { how: "nothing" }],
        ["card", {}],
      ] as const;
      await withRenderer({ warm }, async (renderer) => {
        await renderer.ready;
        assert.equal(renderer.stats().rendered, 0);
        assert.equal((await tell(renderer)).jobs, 2);
      });
    } finally {
      process.off("warning", listen);
    }
    assert.match(
      warnings.map(({ message }) => message).join(),
      /warm: renderPoster:fail data: title: must be a text/,
    );
  });

  it("warms up without a module of the user", () =>
    withRenderer({ warm: true }, async (renderer) => {
      await renderer.ready;
      assert.equal((await tell(renderer)).jobs, 1);
    }));

  it("accepts settings of hosts", () =>
    withRenderer({ host: { pixelRatio: 3 } }, async (renderer) => {
      assert.equal((await renderer.render("card", { title: "a" })).width, 360);
    }));

  it("accepts a list, and a map of names", async () => {
    const file = join(POSTERS, "card.ts");
    for (const posters of [[file], { card: file }, { card: new URL(`file://${file}`) }]) {
      await withRenderer({ posters }, (renderer) => renderer.render("card", { title: "a" }));
    }
  });

  it("accepts pages of mini-program projects", async () => {
    const page = { root: join(POSTERS, "project"), page: "pages/card/card" };
    await withRenderer({ posters: { page } }, async (renderer) => {
      const { type, warnings } = await renderer.render("page", { colour: "red" });
      assert.equal(type, "image/jpeg");
      assert.equal(warnings[0]?.message, "showToast: saved");
      const service = createPosterService(renderer);
      const statusFor = async (accept: string) =>
        (
          await service.fetch(
            new Request("http://localhost/posters/page", {
              method: "POST",
              body: '{"colour":"red"}',
              headers: { accept },
            }),
          )
        ).status;
      assert.equal(await statusFor("image/png"), 422);
      assert.equal(await statusFor("image/png, */*;q=0.5"), 200);
      assert.equal(await statusFor("image/png"), 422);
    });
  });

  it("lists the files of a job where they are asked for", async () => {
    const messages: RenderMessage[] = [];
    const listen = (message: unknown) => messages.push(message as RenderMessage);
    subscribe("wx-canvas-node:render", listen);
    try {
      await withRenderer({ files: true }, (renderer) => renderer.render("card", { title: "a" }));
    } finally {
      unsubscribe("wx-canvas-node:render", listen);
    }
    assert.ok(messages[0]?.files?.some((file) => file.endsWith("card.ts")));
  });

  it("loads a module that failed in another process, when this one is old enough", async () => {
    const folder = await mkdtemp(join(tmpdir(), "posters-"));
    const { now } = performance;
    try {
      const network = join(folder, "network");
      const path = JSON.stringify(network);
      const code = `import { readFileSync } from "node:fs"; readFileSync(${path}); export default 1;`;
      await writeFile(join(folder, "flaky.mjs"), code);
      await withRenderer({ posters: folder }, async (renderer) => {
        const reason = async () => (await failureOf(() => renderer.render("flaky"))).reason;
        assert.match(await reason(), /no such file/);
        await writeFile(network, "");
        assert.match(await reason(), /no such file/);
        performance.now = () => now.call(performance) + 20_000;
        assert.match(await reason(), /no such file/);
        assert.match(await reason(), /default export of flaky/);
        assert.equal(renderer.stats().restarts, 0);
      });
    } finally {
      performance.now = now;
      await rm(folder, { recursive: true });
    }
  });

  it("reports why a module cannot be loaded", async () => {
    const folder = await mkdtemp(join(tmpdir(), "posters-"));
    try {
      await writeFile(join(folder, "broken.mjs"), "export default {{;");
      await writeFile(
        join(folder, "compiled.cjs"),
        `exports.__esModule = true; exports.default = { width: 1 };`,
      );
      await withRenderer({ posters: folder }, async (renderer) => {
        const broken = await failureOf(() => renderer.render("broken"));
        assert.equal(broken.code, "LOAD");
        assert.match(
          broken.message,
          /the module of broken cannot be loaded: Unexpected token|cannot be loaded/,
        );
        assert.match(
          (await failureOf(() => renderer.render("compiled"))).message,
          /default export of compiled/,
        );
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("publishes each job, with its stages and fetches", async () => {
    const messages: RenderMessage[] = [];
    const listen = (message: unknown) => void messages.push(message as RenderMessage);
    subscribe("wx-canvas-node:render", listen);
    try {
      await withRenderer({ host: { images: { remote: true } } }, async (renderer) => {
        await renderer.render("legacy", { src: "http://127.0.0.1:1/a.png" });
        await failureOf(() => renderer.render("trouble", { how: "throw" }));
        const stats = renderer.stats();
        assert.deepEqual(
          [stats.rendered, stats.failed, stats.queued, stats.active],
          [1, { DRAW: 1 }, 0, 0],
        );
        assert.deepEqual(Object.keys(stats.stages).sort(), [
          "data",
          "draw",
          "export",
          "load",
          "process",
          "queue",
        ]);
        const fetched = stats.fetches["http://127.0.0.1:1"];
        assert.deepEqual(
          [fetched?.count, fetched?.failed, fetched?.cached, fetched?.bytes],
          [1, 1, 0, 0],
        );
      });
    } finally {
      unsubscribe("wx-canvas-node:render", listen);
    }
    const [first, second] = messages;
    assert.equal(first?.poster, "legacy");
    assert.equal(first?.fetches?.[0]?.origin, "http://127.0.0.1:1");
    assert.ok((first?.bytes ?? 0) > 0 && (first?.time ?? 0) > 0);
    assert.equal(second?.error?.code, "DRAW");
  });

  it("passes on a whole picture of 5 MB", () =>
    withRenderer({}, async (renderer) => {
      const { data } = await renderer.render("trouble", { how: "nothing", noise: true });
      assert.ok(data.length > 4_000_000);
      assert.equal((await decode(data)).width, 1200);
    }));

  it("keeps no picture that it has answered with", () =>
    withRenderer({}, async (renderer) => {
      setFlagsFromString("--expose-gc");
      const collectGarbage = runInNewContext("gc") as () => void;
      const pictures: WeakRef<object>[] = [];
      for (let i = 0; i < 4; i++) {
        const { data } = await renderer.render("trouble", { how: "nothing", noise: true });
        pictures.push(new WeakRef(data.buffer));
      }
      // The channel may still hold the last one.
      await until(() => {
        collectGarbage();
        return pictures.filter((picture) => picture.deref() !== undefined).length <= 1;
      });
    }));

  const wrong: [unknown, string, RegExp][] = [
    [5, "INVALID", /options: expected an object, got 5$/],
    [{ posters: POSTERS, process: 3 }, "INVALID", /"process": not one of the options \(/],
    [
      { posters: POSTERS, processes: 0 },
      "INVALID",
      /processes: expected a whole number from 1 to 1024, got 0$/,
    ],
    [
      { posters: POSTERS, timeout: 2 ** 31 },
      "INVALID",
      /timeout: expected a whole number from 1 to 2147483647, got 2147483648$/,
    ],
    [
      { posters: POSTERS, timeout: Number.POSITIVE_INFINITY },
      "INVALID",
      /timeout: .* got Infinity$/,
    ],
    [
      { posters: POSTERS, memory: "1 GB" },
      "INVALID",
      /memory: expected a whole number from 1, or Infinity, got "1 GB"$/,
    ],
    [{ posters: POSTERS, recycle: 0.5 }, "INVALID", /recycle: .* got 0\.5$/],
    [
      { posters: POSTERS, retry: -1 },
      "INVALID",
      /retry: expected a whole number from 0, or Infinity, got -1$/,
    ],
    [
      { posters: POSTERS, host: { pixelratio: 2 } },
      "INVALID",
      /"pixelratio": not one of the settings/,
    ],
    [
      { posters: POSTERS, host: { onError() {} } },
      "INVALID",
      /host: settings are sent to other processes: .* \(set it in definePoster/,
    ],
    [{ posters: POSTERS, files: "yes" }, "INVALID", /files: expected true or false, got "yes"$/],
    [{ posters: POSTERS, warm: 5 }, "INVALID", /warm: expected a list of \[name, data\], got 5$/],
    [
      { posters: POSTERS, warm: [["nobody"]] },
      "INVALID",
      /warm: expected a list of \[name of a poster, data\], got an array$/,
    ],
    [{ posters: POSTERS, warm: ["card"] }, "INVALID", /warm: .* got "card"$/],
    [
      { posters: POSTERS, warm: [["card", { title() {} }]] },
      "INVALID",
      /warm: card: expected a value that can be sent to another process: .* could not be cloned/,
    ],
  ];
  for (const [options, code, message] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const given = typeof options === "object" ? { child: CHILD, ...options } : options;
      const failure = await failureOf(() => createRenderer(given as RendererOptions));
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
    });
  }
});

describe("A renderer's description of a poster", () => {
  const folder = POSTERS;

  it("has its cases and the schema of its data", async () => {
    const posters = {
      told: join(folder, "told.ts"),
      card: join(folder, "card.ts"),
      untold: join(folder, "more", "untold.ts"),
    };
    await withRenderer({ posters }, async (renderer) => {
      assert.deepEqual(await renderer.describe("untold"), { cases: { 0: { at: new Date(0) } } });
      assert.deepEqual(await renderer.describe("card"), { cases: {} });
      const { cases, schema } = await renderer.describe("told");
      assert.deepEqual(cases, { short: { name: "a" }, emoji: { name: "🎉" } });
      const { properties } = schema as { properties: Record<string, object> };
      assert.deepEqual(properties, { name: { type: "string", maxLength: 5 } });
    });
  });

  it("has the call that each pixel shows, and its place in the source", async () => {
    const posters = { told: join(folder, "told.ts") };
    await withRenderer({ posters }, async (renderer) => {
      const { calls, width, height, owners } = await renderer.calls("told", { name: "a" });
      assert.deepEqual([width, height, owners.length], [40, 30, 1200]);
      assert.deepEqual(
        calls.map(({ name, text }) => `${name}(${text})`),
        ["fillRect(0, 0, 40, 30)", "drawImage(Image, 5, 5, 10, 10)", 'fillText("a", 20, 20.12)'],
      );
      for (const { site } of calls) assert.match(site, /fixtures[\\/]told\.ts:\d+:\d+$/);
      const at = (x: number, y: number) => owners[y * width + x];
      assert.deepEqual([at(0, 0), at(8, 8), at(39, 29)], [1, 2, 1]);
      assert.ok(owners.includes(3));
    });
  });

  it("is that of legacy code, and of pages, whose files have their own lines", async () => {
    const posters = {
      legacy: join(folder, "legacy.ts"),
      page: { root: join(POSTERS, "project"), page: "pages/card/card" },
      node: { root: join(POSTERS, "painted"), page: "pages/node/node" },
    };
    await withRenderer({ posters }, async (renderer) => {
      const at = async (name: string, x: number, y: number) => {
        const { calls, width, height, owners } = await renderer.calls(name, {}, { pixelRatio: 1 });
        assert.deepEqual([width, height], [60, 40]);
        const call = calls[(owners[y * width + x] as number) - 1];
        return `${call?.name}(${call?.text}) ${call?.site.split(/[\\/]/).at(-1)}`;
      };
      assert.match(await at("legacy", 30, 20), /^fillRect\(0, 0, 60, 40\) legacy\.ts:12:\d+$/);
      assert.match(await at("page", 30, 20), /^fillRect\(0, 0, 60, 40\) card\.js:6:\d+$/);
      assert.match(await at("node", 10, 20), /^fillRect\(0, 0, 60, 40\) node\.ts:17:\d+$/);
      assert.match(await at("node", 40, 20), /^fillRect\(0, 0, 20, 20\) badge\.ts:8:\d+$/);
    });
  });
});

describe("A signal of a render", () => {
  it("removes a job from the queue", () =>
    withRenderer({}, async (renderer) => {
      const first = renderer.render("trouble", { how: "sleep", ms: 200 });
      const controller = new AbortController();
      const second = failureOf(() =>
        renderer.render("trouble", { how: "throw" }, { signal: controller.signal }),
      );
      await until(() => renderer.stats().queued === 1);
      controller.abort();
      assert.equal((await second).code, "ABORTED");
      assert.equal(renderer.stats().queued, 0);
      await first;
      assert.equal(renderer.stats().restarts, 0);
    }));

  it("ends code that reacts to its own signal, and keeps the process", () =>
    withRenderer({}, async (renderer) => {
      await renderer.render("card", { title: "warm" });
      const controller = new AbortController();
      const waiting = failureOf(() =>
        renderer.render("trouble", { how: "wait" }, { signal: controller.signal }),
      );
      await until(() => renderer.stats().active === 1);
      controller.abort();
      assert.equal((await waiting).code, "ABORTED");
      await until(() => renderer.stats().active === 0);
      assert.equal(renderer.stats().restarts, 0);
    }));

  it("kills other code; the caller gets the failure at once", () =>
    withRenderer({ retry: 1 }, async (renderer) => {
      await renderer.render("trouble", { how: "nothing" });
      const controller = new AbortController();
      const looping = failureOf(() =>
        renderer.render("trouble", { how: "loop" }, { signal: controller.signal }),
      );
      await until(() => renderer.stats().active === 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const begun = performance.now();
      controller.abort(new Error("client gone"));
      const failure = await looping;
      assert.ok(performance.now() - begun < 200);
      assert.equal((failure.cause as Error).message, "client gone");
      await renderer.render("card", { title: "next" });
      assert.equal(renderer.stats().restarts, 1);
      assert.deepEqual(renderer.stats().failed, { ABORTED: 1 });
    }));
});

describe("The posters that warm a process", () => {
  it("have no data by default", () => {
    const { warm } = parseRendererOptions({ posters: POSTERS, child: CHILD, warm: [["legacy"]] });
    assert.deepEqual(
      warm.map(({ name, data }) => [name, deserialize(data)]),
      [["legacy", {}]],
    );
  });
});

describe("The encoder's threads of a renderer", () => {
  const cores = availableParallelism();
  const threads = (processes?: number) =>
    parseRendererOptions({ posters: POSTERS, child: CHILD, processes }).encoderThreads;
  it("are none where each core has a process, and use the cores that are left", () => {
    assert.equal(threads(), 0);
    assert.equal(threads(cores * 2), 0);
    assert.equal(threads(1), cores > 1 ? Math.min(cores, 4) : 0);
  });
});

describe("The end of a renderer", () => {
  it("finishes its jobs, refuses later ones, and leaves no process", async () => {
    const renderer = createRenderer({ posters: POSTERS, processes: 2, child: CHILD });
    const { pid } = await tell(renderer);
    const jobs = Array.from({ length: 6 }, () =>
      renderer.render("trouble", { how: "sleep", ms: 50 }),
    );
    const closed = renderer.close();
    assert.equal(renderer.close(), closed);
    assert.equal((await failureOf(() => renderer.render("card"))).code, "DISPOSED");
    assert.equal((await Promise.all(jobs)).length, 6);
    await closed;
    assert.equal(isAlive(pid), false);
    assert.equal(renderer.stats().processes, 0);
  });

  it("replaces processes that crash meanwhile", async () => {
    const renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD });
    const crashed = failureOf(() => renderer.render("trouble", { how: "exit" }));
    const last = renderer.render("card", { title: "last" });
    await renderer[Symbol.asyncDispose]();
    assert.equal((await crashed).code, "CRASHED");
    await last;
  });

  it("ends processes that are still starting, too", async () => {
    const renderer = createRenderer({ posters: POSTERS, processes: 2, child: CHILD });
    await renderer.close();
    assert.equal(renderer.stats().processes, 0);
  });

  it("kills a process that does not end by itself", async () => {
    const renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD });
    await renderer.render("card", { title: "a" });
    const { pid } = await tell(renderer);
    process.kill(pid, "SIGSTOP");
    await renderer.close();
    assert.equal(isAlive(pid), false);
  });

  it("makes jobs fail when no process can start, and tries again for later ones", async () => {
    const folder = await mkdtemp(join(tmpdir(), "posters-"));
    const child = join(folder, "child.mjs");
    try {
      // What another module in that process sends is ignored.
      const sends = 'for (const message of [null, "ready", {}]) process.send(message);';
      await writeFile(child, `${sends} process.send(0, () => process.exit(9));`);
      await withRenderer({ child }, async (renderer) => {
        const readiness = failureOf(() => renderer.ready);
        const failure = await failureOf(() => renderer.render("card"));
        assert.equal(failure.code, "CRASHED");
        assert.match(failure.message, /the process ended with exit code 9/);
        assert.equal((await readiness).code, "CRASHED");
        await writeFile(child, `await import(${JSON.stringify(`file://${CHILD}`)});`);
        await renderer.render("card", { title: "again" });
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const script = (how: string) => `
    const { createRenderer } = await import(${JSON.stringify(new URL("../../lib/posters/index.ts", import.meta.url).href)});
    const renderer = createRenderer({ posters: ${JSON.stringify(POSTERS)}, processes: 2, child: ${JSON.stringify(CHILD)} });
    await renderer.ready;
    const pids = [];
    const tell = () => renderer.render("trouble", { how: "count" }).catch(({ reason }) => pids.push(Number(reason.split(" ")[1])));
    renderer.render("trouble", { how: "sleep", ms: 300 }).catch(() => {});
    await tell();
    await new Promise((resolve) => setTimeout(resolve, 400));
    renderer.render("trouble", { how: "sleep", ms: 300 }).catch(() => {});
    ${how}
    console.log(JSON.stringify(pids));`;

  it("comes with the script that forgot to close it", async () => {
    const { ended } = start(script(""));
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stderr);
    const pids = JSON.parse(stdout);
    await until(() => !pids.some(isAlive));
  });

  for (const [what, loop] of [
    ["idle", ""],
    ["in an endless loop", `renderer.render("trouble", { how: "loop" }).catch(() => {});`],
  ]) {
    it(`comes with kill -9 of its own process while a child is ${what}`, async () => {
      const { child, ended } = start(`${script(loop as string)} setInterval(() => {}, 1000);`);
      let text = "";
      child.stdout?.on("data", (more) => {
        text += more;
      });
      await until(() => text.includes("\n"), 20_000);
      const children = await childrenOf(child.pid as number);
      assert.equal(children.length, 2);
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill("SIGKILL");
      await ended;
      await until(() => !children.some(isAlive), 3_000);
    });
  }

  it("leaves its processes to a terminal's Ctrl-C until their jobs are done", () =>
    withRenderer({}, async (renderer) => {
      const { pid } = await tell(renderer);
      const job = renderer.render("trouble", { how: "sleep", ms: 200 });
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pid, signal);
      await job;
      assert.equal((await tell(renderer)).pid, pid);
    }));
});

/** The pids of a process's children. */
async function childrenOf(pid: number): Promise<number[]> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").map(Number);
}
