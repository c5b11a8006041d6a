// The posters that the command line names, and the folders above them.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { folderWith, placeOf } from "../../lib/cli/places.ts";
import { projectOf } from "../../lib/cli/preview/subjects.ts";
import { failureOf } from "../support/hosts.ts";

describe("A poster of the command line", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "places-"));
    await mkdir(join(folder, "pages", "card"), { recursive: true });
    await writeFile(join(folder, "pages", "card", "card.wxml"), "");
    await writeFile(join(folder, "invite card.mjs"), "");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is a page of the project above it, by any of its files", async () => {
    await writeFile(join(folder, "app.json"), "{}");
    const place = { root: folder, page: "pages/card/card" };
    for (const file of ["card", "card.js", "card.wxml", "card.json"]) {
      assert.deepEqual(placeOf(join(folder, "pages", "card", file)), { name: "card", place });
    }
  });

  it("is no page outside of a project", async () => {
    const { code, message } = await failureOf(() => placeOf(join(folder, "pages/card/card")));
    assert.equal(code, "USAGE");
    assert.match(message, /is a page, but no app\.json is above it/);
  });

  it("is a module whose name fits into a URL", () => {
    const place = join(folder, "invite card.mjs");
    assert.deepEqual(placeOf(place), { name: "invite-card", place });
  });

  it("is neither a folder, nor a missing module, nor another file", async () => {
    for (const file of ["pages", "none.js", "pages/card/none.wxss"]) {
      const { code, message } = await failureOf(() => placeOf(join(folder, file)));
      assert.equal(code, "USAGE");
      assert.match(message, /is neither a module \(\.js, \.ts\) nor a page with a \.wxml/);
    }
  });

  it("has the nearest folder above it with a file, or none", async () => {
    const start = join(folder, "pages", "card");
    assert.equal(folderWith("nowhere.json", start), undefined);
    assert.equal(folderWith("nowhere.json", parse(folder).root), undefined);
    await writeFile(join(folder, "near.json"), "");
    assert.equal(folderWith("near.json", start), folder);
    await writeFile(join(start, "near.json"), "");
    assert.equal(folderWith("near.json", start), start);
  });

  it("is watched with its project or its folder", async () => {
    const poster = join(folder, "invite card.mjs");
    assert.equal(projectOf(poster), folder);
    assert.equal(projectOf(join(folder, "pages")), join(folder, "pages"));
    await writeFile(join(folder, "package.json"), "{}");
    assert.equal(projectOf(join(folder, "pages")), folder);
    for (const [below, expected] of [
      ["pages", join(folder, "pages")],
      [join("dist", "mp"), folder],
    ] as const) {
      await mkdir(join(folder, below), { recursive: true });
      await writeFile(join(folder, below, "project.config.json"), "{}");
      assert.equal(projectOf(join(folder, below)), expected);
    }
    await rm(join(folder, "package.json"));
    assert.equal(projectOf(join(folder, "pages")), join(folder, "pages"));
  });
});
