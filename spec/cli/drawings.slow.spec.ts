// The drawings of a preview: new processes after a change, and the last pictures.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDrawings, type Drawings } from "../../lib/cli/preview/drawings.ts";
import { CHILD, POSTERS } from "../support/renderers.ts";

async function withDrawings(
  given: string,
  test: (drawings: Drawings) => Promise<void>,
  isWatching = false,
): Promise<void> {
  process.env.WX_CANVAS_NODE_CHILD = CHILD;
  const drawings = createDrawings(given, { processes: 1, timeout: 30_000, isWatching });
  try {
    await test(drawings);
  } finally {
    delete process.env.WX_CANVAS_NODE_CHILD;
    await drawings.close();
  }
}

describe("The drawings of a preview", () => {
  it("are drawn in new processes after a change, in the same ones else", () =>
    withDrawings(
      POSTERS,
      async (drawings) => {
        const count = async () => {
          const { problem } = await drawings.draw("trouble", { how: "count" }, {});
          const [jobs, pid] = problem?.message.split(" ") ?? [];
          return { jobs: Number(jobs), pid };
        };
        const first = await count();
        assert.equal(first.jobs, 1);
        assert.deepEqual(await count(), { jobs: 2, pid: first.pid });
        // Successors start when there has been no work for a while.
        await new Promise((resolve) => setTimeout(resolve, 600));
        drawings.refresh();
        drawings.refresh();
        const second = await count();
        assert.equal(second.jobs, 1);
        assert.notEqual(second.pid, first.pid);
      },
      true,
    ));

  it("report that the last poster is gone, until it is back", async () => {
    await mkdir("out", { recursive: true });
    const folder = await mkdtemp(join(process.cwd(), "out", "drawings-"));
    const file = join(folder, "a.ts");
    const source = `import { definePoster } from "../../lib/posters/index.ts";
export default definePoster({ width: 9, height: 9, draw() {} });`;
    await writeFile(file, source);
    const codes: (string | undefined)[] = [];
    try {
      await withDrawings(
        folder,
        async (drawings) => {
          const draw = async () => {
            const { problem } = await drawings.draw("a", {}, {});
            codes.push(problem?.code);
            // Successors start when there has been no work for a while.
            await new Promise((resolve) => setTimeout(resolve, 400));
            drawings.refresh();
          };
          await draw();
          await rm(file);
          await draw();
          await draw();
          const { problem } = await drawings.describe("a");
          codes.push(problem?.code);
          const calls = await drawings.calls("a", {});
          codes.push("problem" in calls ? calls.problem.code : undefined);
          await writeFile(file, source);
          drawings.refresh();
          await draw();
        },
        true,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
    // The first process has loaded the module before it is gone, the second one has not.
    assert.deepEqual(codes, [undefined, "LOAD", "INVALID", "INVALID", "INVALID", undefined]);
  });

  it("are given up when out of date, and those of new posters are found", async () => {
    await mkdir("out", { recursive: true });
    const folder = await mkdtemp(join(process.cwd(), "out", "drawings-"));
    const source = `import { definePoster } from "../../lib/posters/index.ts";
export default definePoster({ width: 9, height: 9, draw: ({ data }) => data.waits && new Promise(() => {}) });`;
    await writeFile(join(folder, "a.ts"), source);
    try {
      await withDrawings(
        folder,
        async (drawings) => {
          assert.equal((await drawings.draw("a", {}, {})).problem, undefined);
          const old = drawings.draw("a", { waits: true }, {});
          await writeFile(join(folder, "b.ts"), source);
          drawings.refresh();
          assert.equal((await old).problem?.code, "ABORTED");
          assert.deepEqual(drawings.list(), ["a", "b"]);
          assert.equal((await drawings.draw("b", {}, {})).problem, undefined);
        },
        true,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("keep the last sixty pictures", () =>
    withDrawings(join(POSTERS, "told.ts"), async (drawings) => {
      const ids: string[] = [];
      for (let i = 0; i < 61; i++) {
        const { id, problem } = await drawings.draw("told", { name: "a" }, {});
        assert.equal(problem, undefined);
        ids.push(id as string);
      }
      const [first = "", ...kept] = ids;
      assert.equal(drawings.picture(first), undefined);
      for (const id of kept) assert.ok(drawings.picture(id));
    }));

  it("report what is wrong with a page, which is not a module", () =>
    withDrawings(join(POSTERS, "project"), async (drawings) => {
      const { problem } = await drawings.draw("card", {}, { fileType: "png" });
      assert.equal(problem?.code, "INVALID");
      assert.match(problem.message, /makes a jpg, asked for png/);
    }));
});
