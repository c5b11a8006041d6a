// The drawings of a preview: it keeps its processes while nothing changes, and the last pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createDrawings, type Drawings } from "../../lib/cli/preview/drawings.ts";
import { CHILD, POSTERS } from "../support/renderers.ts";

async function withDrawings(
  given: string,
  test: (drawings: Drawings) => Promise<void>,
): Promise<void> {
  process.env.WX_CANVAS_NODE_CHILD = CHILD;
  const drawings = createDrawings(given, {
    processes: 1,
    recycle: 1000,
    timeout: 30_000,
    files: false,
  });
  try {
    await test(drawings);
  } finally {
    delete process.env.WX_CANVAS_NODE_CHILD;
    await drawings.close();
  }
}

describe("The drawings of a preview", () => {
  it("keep their processes while the posters of the folder are the same", () =>
    withDrawings(POSTERS, async (drawings) => {
      const count = async () => {
        const { problem } = await drawings.draw("trouble", { how: "count" }, {});
        const [jobs, pid] = problem?.message.split(" ") ?? [];
        return { jobs: Number(jobs), pid };
      };
      const before = await count();
      drawings.refresh();
      assert.deepEqual(await count(), { jobs: before.jobs + 1, pid: before.pid });
    }));

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
