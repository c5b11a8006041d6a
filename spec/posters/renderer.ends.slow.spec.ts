// How a renderer ends while its processes start, fail to start, or do not end by themselves.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRenderer } from "../../lib/posters/index.ts";
import { start } from "../support/children.ts";
import { failureOf } from "../support/hosts.ts";
import { CHILD, POSTERS } from "../support/renderers.ts";

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
      assert.ok((await readFile(starts, "utf8")).length <= 4, "it starts processes again and again");
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
