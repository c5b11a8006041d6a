// A renderer whose processes fail to start, end while they warm up, or do not end by themselves.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startProcess } from "../../lib/posters/child-process.ts";
import { createRenderer } from "../../lib/posters/index.ts";
import type { JobMessage } from "../../lib/posters/messages.ts";
import { start } from "../support/children.ts";
import { failureOf } from "../support/hosts.ts";
import { CHILD, POSTERS, until, withRenderer } from "../support/renderers.ts";

describe("Closing a renderer", () => {
  it("fails the jobs that it has when no process can start", async () => {
    const folder = await mkdtemp(join(tmpdir(), "posters-"));
    const child = join(folder, "child.cjs");
    const starts = join(folder, "starts");
    await writeFile(
      child,
      `require("node:fs").appendFileSync(${JSON.stringify(starts)}, "1"); process.exit(7);`,
    );
    try {
      const renderer = createRenderer({ posters: POSTERS, processes: 1, child });
      const failure = failureOf(() => renderer.render("card"));
      await renderer.close();
      assert.equal((await failure).code, "CRASHED");
      assert.ok(
        (await readFile(starts, "utf8")).length <= 4,
        "it starts processes again and again",
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("ends the wait for its processes", async () => {
    const renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD });
    const [{ code }] = await Promise.all([failureOf(() => renderer.ready), renderer.close()]);
    assert.equal(code, "DISPOSED");
  });

  it("takes no job in the same moment", async () => {
    const renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD });
    const closed = renderer.close();
    assert.equal((await failureOf(() => renderer.render("card"))).code, "DISPOSED");
    await closed;
  });

  it("waits for a process that has to be killed, in a script that does nothing else", async () => {
    const url = new URL("../../lib/posters/index.ts", import.meta.url).href;
    const { ended } = start(`
      const { createRenderer } = await import(${JSON.stringify(url)});
      const renderer = createRenderer({ posters: ${JSON.stringify(POSTERS)}, processes: 1, child: ${JSON.stringify(CHILD)} });
      await renderer.render("trouble", { how: "stay" });
      await renderer.close();
      console.log(renderer.stats().processes);`);
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim(), "0");
  });
});

describe("A process in which other code sends messages", () => {
  it("answers as any other", async () => {
    const folder = await mkdtemp(join(tmpdir(), "posters-"));
    const child = join(folder, "child.mjs");
    await writeFile(
      child,
      `const send = process.send.bind(process);
      const messages = [null, "ready", {}, { failed: null }, { load: 1 }, { load: 1, fetches: 5 }];
      setInterval(() => messages.forEach((message) => send(message)), 5).unref();
      await import(${JSON.stringify(pathToFileURL(CHILD).href)});`,
    );
    try {
      await withRenderer({ child }, async (renderer) => {
        const { width } = await renderer.render("trouble", { how: "sleep", ms: 200 });
        assert.equal(width, 50);
        assert.equal(renderer.stats().rendered, 1);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("A process that the system does not start", () => {
  it("fails the jobs, and is started for later ones", () =>
    withRenderer({ recycle: 1 }, async (renderer) => {
      await renderer.render("card", { title: "a" });
      // Longer than a program's arguments may be: Node throws E2BIG.
      process.env.POSTERS_SPEC = "x".repeat(10_000_000);
      try {
        const failure = await failureOf(async () => {
          for (let i = 0; i < 2; i++) await renderer.render("card", { title: "b" });
        });
        assert.equal(failure.code, "CRASHED");
        assert.match(failure.reason, /before it began: spawn E2BIG/);
      } finally {
        delete process.env.POSTERS_SPEC;
      }
      await renderer.render("card", { title: "c" });
    })).timeout(90_000);

  it("fails the first jobs, too", async () => {
    process.env.POSTERS_SPEC = "x".repeat(10_000_000);
    try {
      await withRenderer({}, async (renderer) => {
        const failure = await failureOf(() => renderer.render("card", { title: "b" }));
        assert.equal(failure.code, "CRASHED");
      });
    } finally {
      delete process.env.POSTERS_SPEC;
    }
  });

  it("has no job, and has ended", async () => {
    process.env.POSTERS_SPEC = "x".repeat(10_000_000);
    try {
      const dead = startProcess(CHILD, 0);
      const job = { wants: "picture" } as JobMessage;
      for (const promise of [dead.ready, dead.run(job, { timeout: 1, memory: 1 }, false)]) {
        assert.equal((await failureOf(() => promise)).code, "CRASHED");
      }
      dead.abort();
      dead.end();
      dead.hold(true);
      await dead.ended;
      assert.deepEqual([dead.pid, dead.isSuspect], [undefined, false]);
    } finally {
      delete process.env.POSTERS_SPEC;
    }
  });
});

describe("A job whose process ends after others could not be started", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "posters-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Two processes: one ends, three starts fail, and then that with the job ends. */
  async function jobThatIsPutBack(test: (broken: string) => Promise<void>): Promise<string> {
    const [child, broken, go] = ["child.mjs", "broken", "go"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(
      child,
      `import { appendFileSync, existsSync } from "node:fs";
      const broken = ${JSON.stringify(broken)};
      if (existsSync(broken)) {
        appendFileSync(broken, "1");
        process.exit(7);
      }
      await import(${JSON.stringify(pathToFileURL(CHILD).href)});`,
    );
    return await withRenderer({ child, processes: 2, retry: 1 }, async (renderer) => {
      await renderer.ready;
      const counts = [1, 2].map(() =>
        failureOf(() => renderer.render("trouble", { how: "count" })),
      );
      const [withJob = 0, other = 0] = (await Promise.all(counts)).map(({ reason }) =>
        Number(reason.split(" ")[1]),
      );
      const job = renderer.render("trouble", { how: "waitFor", file: go });
      const code = job.then(
        () => "",
        (error) => error.code,
      );
      await writeFile(broken, "");
      process.kill(other, "SIGKILL");
      await until(async () => (await readFile(broken, "utf8")).length === 3);
      await until(() => renderer.stats().processes === 1);
      await test(broken);
      await writeFile(go, "");
      process.kill(withJob, "SIGKILL");
      return await code;
    });
  }

  it("is rendered by a new one", async () => {
    const code = await jobThatIsPutBack((broken) => rm(broken));
    assert.equal(code, "");
  }).timeout(60_000);

  it("fails where they still cannot, and the renderer closes", async () => {
    const code = await jobThatIsPutBack(async () => {});
    assert.equal(code, "CRASHED");
  }).timeout(60_000);
});

describe("A poster that ends the process that it warms", () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => void warnings.push(message);
  before(() => process.on("warning", listen));
  after(() => process.off("warning", listen));

  it("is left out of later ones", () =>
    withRenderer(
      { processes: 2, warm: [["trouble", { how: "exit" }], ["trouble"]] },
      async (renderer) => {
        await renderer.render("card", { title: "a" });
        await renderer.ready;
        const first = "warm: trouble ended its process, and is no longer drawn";
        assert.ok(warnings.some((text) => text.startsWith(first)));
      },
    )).timeout(90_000);

  it("is no news when the renderer is closed meanwhile", async () => {
    const folder = await mkdtemp(join(tmpdir(), "posters-"));
    const file = join(folder, "begun");
    const warm = [["trouble", { how: "begin", file }]] as const;
    try {
      await withRenderer({ warm }, async () => {
        await until(() => existsSync(file), 20_000);
        warnings.length = 0;
      });
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.deepEqual(warnings, []);
  });
});

describe("A signal of many renders", () => {
  it("has one listener", () =>
    withRenderer({}, async (renderer) => {
      await renderer.ready;
      const controller = new AbortController();
      const { signal } = controller;
      const renders = Array.from({ length: 20 }, () =>
        failureOf(() => renderer.render("trouble", { how: "sleep", ms: 60_000 }, { signal })),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(getEventListeners(signal, "abort").length, 1);
      controller.abort(new Error("enough"));
      const failures = await Promise.all(renders);
      assert.deepEqual(new Set(failures.map(({ code }) => code)), new Set(["ABORTED"]));
      assert.equal(renderer.stats().queued, 0);
    }));
});
