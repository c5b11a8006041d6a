// Which changes a preview sees: of its project, and of files anywhere else that were used.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ProjectWatcher, watchProject } from "../../lib/cli/preview/watch.ts";
import { until } from "../support/renderers.ts";

const write = (path: string, text: string) => {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text);
};

/** Writes beside the file and renames over it, as many editors and tools do. */
const replace = (path: string) => {
  write(`${path}.tmp`, String(Math.random()));
  fs.renameSync(`${path}.tmp`, path);
};

/** Moves the file away and writes it anew, as vim does. */
const writeLikeVim = (path: string) => {
  fs.renameSync(path, `${path}~`);
  write(path, String(Math.random()));
  fs.rmSync(`${path}~`);
};

describe("A preview's watcher", () => {
  let base: string;
  let changes = 0;
  const errors: string[] = [];
  let watcher: ProjectWatcher;
  const inProject = (path: string) => join(base, "project", path);
  const elsewhere = (path: string) => join(base, "elsewhere", path);

  beforeEach(async () => {
    base = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), "watch-"));
    write(inProject("posters/a.js"), "");
    write(inProject("node_modules/pkg/lib/index.js"), "");
    write(inProject("node_modules/other/index.js"), "");
    write(inProject("dist/b.js"), "");
    write(elsewhere("font.ttf"), "");
    write(elsewhere("assets/picture.png"), "");
    fs.symlinkSync(elsewhere("assets"), inProject("assets"));
    fs.symlinkSync(elsewhere("font.ttf"), inProject("font.ttf"));
    changes = 0;
    watcher = await watchProject(
      inProject(""),
      () => changes++,
      (line) => errors.push(line),
    );
  });
  afterEach(async () => {
    await watcher.close();
    fs.rmSync(base, { recursive: true });
  });

  async function sees(change: () => void): Promise<void> {
    const before = changes;
    change();
    await until(() => changes > before, 5_000);
    await quiet();
  }

  /** Until no event is under way. */
  async function quiet(): Promise<void> {
    for (let last = -1; last !== changes; ) {
      last = changes;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  async function missesNothingOf(path: string): Promise<void> {
    await sees(() => write(path, "saved"));
    await sees(() => replace(path));
    await sees(() => writeLikeVim(path));
    await sees(() => write(path, "again"));
    await sees(() => fs.rmSync(path));
    await sees(() => write(path, "created"));
  }

  it("sees every way to save a file of the project", () =>
    missesNothingOf(inProject("posters/a.js")));

  it("sees files that come later, in folders that come later", async () => {
    await sees(() => write(inProject("later/deep/picture.png"), ""));
    await sees(() => write(inProject("later/deep/picture.png"), "other"));
  });

  it("sees what is in a folder behind a symbolic link, and its target", async () => {
    await sees(() => write(elsewhere("assets/picture.png"), "other"));
    await sees(() => replace(elsewhere("assets/picture.png")));
    watcher.add([inProject("font.ttf")]);
    await missesNothingOf(elsewhere("font.ttf"));
  });

  it("sees used files of packages and outputs, and no others there", async () => {
    const used = [inProject("node_modules/pkg/lib/index.js"), inProject("dist/b.js")];
    watcher.add(used);
    watcher.add(used);
    for (const file of used) await missesNothingOf(file);
    const before = changes;
    write(inProject("node_modules/other/index.js"), "other");
    write(inProject("node_modules/pkg/lib/unused.js"), "");
    write(inProject("dist/c.js"), "");
    await quiet();
    assert.equal(changes, before);
  });

  it("sees a package that is installed again", async () => {
    const file = inProject("node_modules/pkg/lib/index.js");
    watcher.add([file]);
    await sees(() => fs.rmSync(inProject("node_modules/pkg"), { recursive: true }));
    await sees(() => write(file, "new"));
    await sees(() => write(file, "newer"));
    await sees(() => {
      fs.renameSync(inProject("node_modules/pkg"), inProject("node_modules/old"));
      write(file, "newest");
    });
    await sees(() => replace(file));
  });

  it("sees used files anywhere else, when they come, too", async () => {
    watcher.add([elsewhere("font.ttf"), elsewhere("not/there/yet.png")]);
    await missesNothingOf(elsewhere("font.ttf"));
    await sees(() => write(elsewhere("not/there/yet.png"), ""));
    await sees(() => replace(elsewhere("not/there/yet.png")));
    const before = changes;
    write(elsewhere("unused.png"), "");
    await quiet();
    assert.equal(changes, before);
  });

  it("names the paths that it cannot watch", () => {
    const { watch } = fs;
    Object.assign(fs, {
      watch() {
        throw Object.assign(new Error("no more watchers"), { code: "ENOSPC" });
      },
    });
    syncBuiltinESMExports();
    try {
      watcher.add([elsewhere("font.ttf")]);
    } finally {
      Object.assign(fs, { watch });
      syncBuiltinESMExports();
    }
    assert.deepEqual(errors, ["not all files are watched: no more watchers"]);
  });

  it("survives a folder that fails, and takes it for a change", async () => {
    const { watch } = fs;
    const failing = Object.assign(new EventEmitter(), { close() {} });
    Object.assign(fs, { watch: () => failing });
    syncBuiltinESMExports();
    watcher.add([elsewhere("font.ttf")]);
    Object.assign(fs, { watch });
    syncBuiltinESMExports();
    await sees(() => void failing.emit("error", new Error("gone")));
  });

  it("counts saves together that are made at once", async () => {
    await quiet();
    const before = changes;
    for (let i = 0; i < 5; i++) write(inProject(`posters/${i}.js`), "");
    await quiet();
    assert.ok(changes - before <= 2, String(changes - before));
  });
});
