// The events of <image>: pictures are not rendered, but code waits for them.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withProject } from "../support/projects.ts";

const handlers = `
  seen: [],
  loaded({ type, detail, currentTarget }) { this.seen.push(\`\${currentTarget.id} \${type} \${detail.width}×\${detail.height}\`); },
  failed({ type, detail }) { this.seen.push(\`\${type} \${typeof detail.errMsg}\`); },`;

describe("<image>", () => {
  const files = {
    "pages/a.js": `Page({ data: { src: "/part/small.png" }, ${handlers} })`,
    "pages/a.json": { usingComponents: { part: "/part/part" } },
    "pages/a.wxml": `
      <image id="one" src="{{ src }}" bindload="loaded" binderror="failed" />
      <image src="/none.png" bindload="loaded" /><image src="" bindload="loaded" /><image bindload="loaded" />
      <image src="/none.png" />
      <image src="/none.png" bindtap="loaded" /><part id="part" />`,
    "part/part.js": `Component({ methods: { ${handlers.replace("seen: [],", "")} }, created() { this.seen = []; } })`,
    "part/part.wxml": '<image id="two" src="small.png" bindload="loaded" />',
  };

  const withImages = (test: Parameters<typeof withProject>[1]) =>
    withProject(files, async (opened) => {
      const file = join(opened.root, "part", "small.png");
      await mkdir(join(opened.root, "part"), { recursive: true });
      const canvas = opened.host.createCanvas("image", 20, 10);
      await writeFile(file, await canvas.encode("png"));
      return test(opened);
    });

  it("calls its handlers of load and error, again when src changes, relative to its file", () =>
    withImages(async ({ project }) => {
      const page = await project.openPage("pages/a");
      await page.waitFor("idle");
      assert.deepEqual([...page.instance.seen], ["one load 20×10"]);
      assert.deepEqual([...page.select("#part").seen], ["two load 20×10"]);
      assert.deepEqual(
        page.warnings.map(({ api }) => api),
        ["image"],
      );
      page.instance.setData({ src: "/none.png" });
      page.instance.setData({ more: 1 });
      await page.waitFor("idle");
      assert.deepEqual([...page.instance.seen], ["one load 20×10", "error string"]);
    }));

  it("calls nothing for a source that has been replaced, or when the page is closed", () =>
    withImages(async ({ project }) => {
      const page = await project.openPage("pages/a");
      await page.waitFor("idle");
      page.instance.setData({ src: "/none.png" });
      page.instance.setData({ src: "" });
      await page.waitFor("idle");
      assert.deepEqual([...page.instance.seen], ["one load 20×10"]);
      page.instance.setData({ src: "/missing.png" });
      page.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual([...page.instance.seen], ["one load 20×10"]);
      assert.equal(page.warnings.length, 2);
    }));
});
