// Which posters a renderer has, and where the module of its processes is.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseRendererOptions } from "../../lib/posters/renderer-options.ts";
import { findChild, findPosters } from "../../lib/posters/sources.ts";
import { failureOf } from "../support/hosts.ts";
import { CHILD } from "../support/renderers.ts";

describe("The posters of a renderer", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sources-"));
    for (const name of ["a.js", "b.mts", "_c.js", ".d.js", "e.d.ts", "f.spec.ts", "g.txt"]) {
      await writeFile(join(folder, name), "");
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are the modules of a folder, by a path or a URL", () => {
    for (const given of [folder, pathToFileURL(folder), pathToFileURL(folder).href]) {
      assert.deepEqual(
        [...findPosters(given)],
        [
          ["a", pathToFileURL(join(folder, "a.js")).href],
          ["b", pathToFileURL(join(folder, "b.mts")).href],
        ],
      );
    }
  });

  it("are a list, and a map with pages", () => {
    const file = join(folder, "a.js");
    assert.deepEqual([...findPosters([file]).keys()], ["a"]);
    const page = { root: pathToFileURL(folder), page: "pages/a/a" };
    assert.deepEqual(findPosters({ file, page }).get("page"), { root: folder, page: "pages/a/a" });
  });

  const wrong: [string, (folder: string) => unknown, RegExp][] = [
    [
      "nothing",
      () => undefined,
      /posters: expected a folder, a list of modules or a map of names, got undefined/,
    ],
    ["no folder", (folder) => join(folder, "none"), /is no folder that can be read/],
    ["an empty map", () => ({}), /posters: expected at least one/],
    [
      "a module that is not there",
      (folder) => [join(folder, "none.js")],
      /none: there is no module/,
    ],
    ["a folder as a module", (folder) => ({ a: folder }), /a: there is no module/],
    [
      "two of one name",
      (folder) => [join(folder, "a.js"), join(folder, "a.js")],
      /two are named "a"/,
    ],
    [
      "a name that is no part of a URL",
      (folder) => ({ "a/b": join(folder, "a.js") }),
      /posters: expected names of letters/,
    ],
    ["a number in a list", () => [5], /posters: expected paths of modules, got 5/],
    [
      "a number in a map",
      () => ({ a: 5 }),
      /posters: expected paths of modules, or \{ root, page \}, got 5/,
    ],
    ["null in a map", () => ({ a: null }), /got null/],
  ];
  for (const [name, given, errMsg] of wrong) {
    it(`are not ${name}`, async () => {
      const failure = await failureOf(() => findPosters(given(folder)));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.message, errMsg);
    });
  }
});

describe("The module of child processes", () => {
  it("is found beside the posters, like their own imports, or not at all", async () => {
    const folder = await mkdtemp(join(tmpdir(), "child-"));
    const before = process.cwd();
    try {
      const own = join(folder, "node_modules", "wx-canvas-node");
      await mkdir(join(own, "child"), { recursive: true });
      const exports = { "./posters/child": "./child/index.js" };
      await writeFile(
        join(own, "package.json"),
        JSON.stringify({ name: "wx-canvas-node", exports }),
      );
      await writeFile(join(own, "child", "index.js"), "");
      const source = pathToFileURL(join(folder, "posters", "a.js")).href;
      const without = (): string => {
        throw new Error("not installed");
      };
      assert.equal(findChild([source], without), join(own, "child", "index.js"));
      assert.equal(
        findChild([{ root: folder, page: "a" }], without),
        join(own, "child", "index.js"),
      );
      process.chdir(tmpdir());
      const failure = await failureOf(() =>
        findChild([pathToFileURL("/nowhere/a.js").href], without),
      );
      assert.equal(failure.code, "NOT_FOUND");
      assert.match(
        failure.message,
        /give the path of wx-canvas-node\/posters\/child as the option child/,
      );
      // Some bundlers replace the name by a number.
      assert.equal((await failureOf(() => findChild([], (() => 7) as never))).code, "NOT_FOUND");
      assert.equal(
        findChild([], () => "/a/child.js"),
        "/a/child.js",
      );
    } finally {
      process.chdir(before);
      await rm(folder, { recursive: true });
    }
  });

  it("is the package's when neither the options nor the environment name one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "child-"));
    const named = process.env.WX_CANVAS_NODE_CHILD;
    delete process.env.WX_CANVAS_NODE_CHILD;
    try {
      // Unbuilt sources have none; the one in the posters' node_modules is used.
      const own = join(folder, "node_modules", "wx-canvas-node");
      await mkdir(join(own, "posters", "child"), { recursive: true });
      const exports = { "./posters/child": "./posters/child/index.js" };
      await writeFile(
        join(own, "package.json"),
        JSON.stringify({ name: "wx-canvas-node", exports }),
      );
      await writeFile(join(own, "posters", "child", "index.js"), "");
      const a = join(folder, "a.js");
      await writeFile(a, "");
      const { child } = parseRendererOptions({ posters: { a } });
      assert.ok(isAbsolute(child), child);
      assert.match(child, /[\\/]posters[\\/]child[\\/]index\.js$/);
    } finally {
      if (named !== undefined) process.env.WX_CANVAS_NODE_CHILD = named;
      await rm(folder, { recursive: true });
    }
  });

  it("is the one that the options or the environment name first", () => {
    const posters = { a: CHILD };
    assert.equal(parseRendererOptions({ posters, child: "/x/child.js" }).child, "/x/child.js");
    process.env.WX_CANVAS_NODE_CHILD = "/y/child.js";
    try {
      assert.equal(parseRendererOptions({ posters }).child, "/y/child.js");
    } finally {
      delete process.env.WX_CANVAS_NODE_CHILD;
    }
  });
});
