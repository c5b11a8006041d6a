// What a preview keeps: its processes while nothing changes, and the last pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createStudio, type Studio } from "../../lib/cli/preview/studio.ts";
import { CHILD, POSTERS } from "../support/renderers.ts";

async function withStudio(given: string, test: (studio: Studio) => Promise<void>): Promise<void> {
  process.env.WX_CANVAS_NODE_CHILD = CHILD;
  const studio = createStudio(given, { processes: 1, recycle: 1000, timeout: 30_000 });
  try {
    await test(studio);
  } finally {
    delete process.env.WX_CANVAS_NODE_CHILD;
    await studio.close();
  }
}

describe("The studio of a preview", () => {
  it("keeps its processes when the posters of the folder are the same", () =>
    withStudio(POSTERS, async (studio) => {
      const count = async () => {
        const { problem } = await studio.draw("trouble", { how: "count" }, {});
        const [jobs, pid] = problem?.message.split(" ") ?? [];
        return { jobs: Number(jobs), pid };
      };
      const before = await count();
      studio.refresh();
      assert.deepEqual(await count(), { jobs: before.jobs + 1, pid: before.pid });
    }));

  it("keeps the last sixty pictures", () =>
    withStudio(join(POSTERS, "told.ts"), async (studio) => {
      const ids: string[] = [];
      for (let i = 0; i < 61; i++) {
        const { id, problem } = await studio.draw("told", { name: "a" }, {});
        assert.equal(problem, undefined);
        ids.push(id as string);
      }
      const [first = "", ...kept] = ids;
      assert.equal(studio.picture(first), undefined);
      for (const id of kept) assert.ok(studio.picture(id));
    }));

  it("says what is wrong with a page, which is no module", () =>
    withStudio(join(POSTERS, "project"), async (studio) => {
      const { problem } = await studio.draw("card", {}, { fileType: "png" });
      assert.equal(problem?.code, "INVALID");
      assert.match(problem.message, /makes a jpg, asked for png/);
    }));
});
