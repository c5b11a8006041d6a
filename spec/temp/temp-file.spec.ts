// Temp files: whole, private, under unguessable names, removed with their owner.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { createHost, type Host } from "../../lib/index.ts";
import { createTempDirectory } from "../../lib/temp/temp-directory.ts";
import { store } from "../../lib/temp/temp-file.ts";
import { printed, start } from "../support/children.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";

const WINDOWS = process.platform === "win32";

async function exported(host: Host, options: object = {}): Promise<string> {
  host.releaseCanvas("a");
  host.createCanvas("a", 10, 10);
  return (await host.canvasToTempFilePath({ canvasId: "a", ...options })).tempFilePath;
}

describe("temp files", () => {
  let tempDir: string;
  beforeEach(async () => {
    tempDir = await mkdtemp(join(tmpdir(), "spec-"));
  });
  afterEach(() => rm(tempDir, { recursive: true, force: true }));

  it("are real files with an absolute path and their type's extension", () =>
    withHost({ tempDir }, async (host) => {
      const png = await exported(host);
      const jpg = await exported(host, { fileType: "jpg" });
      assert.ok(isAbsolute(png) && isAbsolute(jpg));
      assert.match(basename(png), /^tmp_[0-9a-f]{32}\.png$/);
      assert.match(basename(jpg), /^tmp_[0-9a-f]{32}\.jpg$/);
      assert.equal((await decode(png)).format, "png");
      assert.equal((await decode(jpg)).format, "jpeg");
      assert.deepEqual((await readdir(dirname(png))).length, 2);
    }));

  it("live in one directory of the host, made on first use", () =>
    withHost({ tempDir }, async (host) => {
      host.createCanvas("b", 10, 10);
      await host.canvasToBuffer({ canvasId: "b" });
      assert.deepEqual(await readdir(tempDir), []);
      const paths = await Promise.all(
        [0, 1, 2].map(() => host.canvasToTempFilePath({ canvasId: "b" })),
      );
      assert.equal(new Set(paths.map(({ tempFilePath }) => dirname(tempFilePath))).size, 1);
      const [name] = await readdir(tempDir);
      assert.match(name ?? "", new RegExp(`^wx-canvas-node-\\d+-[0-9a-f]+-\\d+-${process.pid}-`));
    }));

  it("are private: files 0600, the directory 0700", function () {
    if (WINDOWS) return this.skip();
    return withHost({ tempDir }, async (host) => {
      const path = await exported(host);
      assert.equal((await stat(path)).mode & 0o777, 0o600);
      assert.equal((await stat(dirname(path))).mode & 0o777, 0o700);
    });
  });

  it("are written synchronously when they are small, but less often on a slow disk", async () => {
    const { stdout, stderr } = await start(`
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
      const { writeFileSync } = fs;
      const { writeFile } = fs.promises;
      const { uptime } = process;
      let [atOnce, later, delay, time] = [0, 0, 0, 0];
      process.uptime = () => uptime() * 1e-9 + time / 1000;
      fs.writeFileSync = (...args) => {
        atOnce++;
        time += delay;
        writeFileSync(...args);
      };
      fs.promises.writeFile = (...args) => {
        later++;
        return writeFile(...args);
      };
      syncBuiltinESMExports();
      const context = host.createCanvas("little", 10, 10).getContext("2d");
      const large = host.createCanvas("large", 450, 450).getContext("2d");
      const pixels = large.createImageData(450, 450);
      for (let i = 0; i < 14; i++) crypto.getRandomValues(pixels.data.subarray(i * 60_000, (i + 1) * 60_000));
      for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255;
      large.putImageData(pixels, 0, 0);
      const say = async (canvasId) => {
        const { tempFilePath } = await host.canvasToTempFilePath({ canvasId });
        console.log(canvasId, atOnce, later, fs.statSync(tempFilePath).size > 524_288);
      };
      await say("little");
      await say("large");
      for (const [wait, takes] of [[0, 6], [0, 6], [90, 6], [20, 6], [900, 6], [200, 0], [0, 6], [90, 0], [20, 0]]) {
        time += wait;
        delay = takes;
        await say("little");
      }`).ended;
    assert.deepEqual(
      [stdout.trim().split("\n"), stderr],
      [
        [
          "little 1 0 false",
          "large 1 1 true",
          // Slow: the next ones are written elsewhere, for 100 ms.
          "little 2 1 false",
          "little 2 2 false",
          "little 2 3 false",
          // Still slow: for a second.
          "little 3 3 false",
          "little 3 4 false",
          "little 4 4 false",
          // Quick, then slow again: for 100 ms.
          "little 5 4 false",
          "little 5 5 false",
          "little 6 5 false",
        ],
        "",
      ],
    );
  });

  it("lie in the system's temp directory by default", () =>
    withHost({}, async (host) => {
      assert.equal(dirname(dirname(await exported(host))), tmpdir());
    }));

  it("can have wxfile:// paths, and are resolved from both forms", () =>
    withHost({ tempDir, tempFilePaths: "wxfile" }, async (host) => {
      const path = await exported(host);
      assert.match(path, /^wxfile:\/\/tmp_[0-9a-f]{32}\.png$/);
      const real = host.resolvePath(path);
      assert.equal((await decode(real)).width, 10);
      assert.equal(host.resolvePath(real), real);
      await host.releaseFile(path);
      assert.equal(existsSync(real), false);
    }));

  it("are deleted by releaseFile; a second call does nothing", () =>
    withHost({ tempDir }, async (host) => {
      const path = await exported(host);
      const other = await exported(host);
      await host.releaseFile(path);
      assert.deepEqual([existsSync(path), existsSync(other)], [false, true]);
      await host.releaseFile(path);
    }));

  it("are the only paths that releaseFile and resolvePath accept", () =>
    withHost({ tempDir }, async (host) => {
      await withHost({ tempDir }, async (stranger) => {
        const mine = await exported(host);
        const theirs = await exported(stranger);
        const kept = join(tempDir, `tmp_${"0".repeat(32)}.png`);
        await writeFile(kept, "kept");
        const traversal = `wxfile://../${basename(kept)}`;
        const paths = [
          theirs,
          kept,
          traversal,
          "wxfile://",
          "",
          "/etc/passwd",
          `${mine}/`,
          `${mine}\0`,
        ];
        for (const path of [
          ...paths,
          `${dirname(mine)}/../${basename(kept)}`,
          5,
          null,
          undefined,
        ]) {
          for (const call of [host.releaseFile, host.resolvePath] as ((
            path: unknown,
          ) => unknown)[]) {
            const failure = await failureOf(() => call(path));
            assert.equal(failure.code, "INVALID");
            assert.match(
              failure.errMsg,
              /^\w+:fail path: expected a tempFilePath of this host, got/,
            );
          }
        }
        assert.equal(await readFile(kept, "utf8"), "kept");
        assert.ok(existsSync(theirs));
      });
    }));

  it("are removed by dispose", async () => {
    const host = createHost({ tempDir });
    const path = await exported(host);
    await host.dispose();
    assert.equal(existsSync(path), false);
    assert.deepEqual(await readdir(tempDir), []);
  });

  describe("leave nothing when they cannot be written", () => {
    it("without a tempDir: the system's code; later exports work", async () => {
      const missing = join(tempDir, "later");
      await withHost({ tempDir: missing }, async (host) => {
        const failure = await failureOf(() => exported(host));
        assert.equal(failure.code, "ENOENT");
        assert.match(failure.errMsg, /^canvasToTempFilePath:fail .*ENOENT/);
        const { mkdir } = await import("node:fs/promises");
        await mkdir(missing);
        assert.ok(existsSync(await exported(host)));
      });
    });

    it("because they are aborted while they are written", async () => {
      const directory = createTempDirectory(tempDir);
      const controller = new AbortController();
      const storing = store(directory, Buffer.alloc(600_000), "png", controller.signal);
      controller.abort();
      assert.equal((await failureOf(() => storing)).code, "ABORTED");
      assert.deepEqual(await readdir(await directory.path()), []);
      await directory.remove();
    });

    it("with a file in place of the tempDir", async () => {
      const file = join(tempDir, "file");
      await writeFile(file, "");
      await withHost({ tempDir: file }, async (host) => {
        const failure = await failureOf(() => exported(host));
        assert.match(failure.code, /^E(NOTDIR|EXIST|NOENT)$/);
      });
    });

    it("with a deleted directory: one failure, then a new directory", () =>
      withHost({ tempDir }, async (host) => {
        const first = dirname(await exported(host));
        await rm(first, { recursive: true });
        assert.equal((await failureOf(() => exported(host))).code, "ENOENT");
        const second = dirname(await exported(host));
        assert.notEqual(second, first);
        assert.deepEqual(await readdir(tempDir), [basename(second)]);
      }));
  });

  it("with a directory that vanishes under many exports at once", async () => {
    for (let i = 0; i < 10; i++) {
      await withHost({ tempDir }, async (host) => {
        host.createCanvas("a", 10, 10);
        const many = () =>
          Promise.allSettled(
            Array.from({ length: 16 }, () => host.canvasToTempFilePath({ canvasId: "a" })),
          );
        await many();
        for (const name of await readdir(tempDir))
          await rm(join(tempDir, name), { recursive: true });
        const vanishing = many();
        await many();
        await vanishing;
      });
      assert.deepEqual(await readdir(tempDir), []);
    }
  });

  describe("do not outlive the process", function () {
    this.timeout(20_000);
    const script = (end: string) => `
      const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
      host.createCanvas("a", 10, 10);
      const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
      console.log(tempFilePath);
      ${end}`;

    const ends: [string, string, number][] = [
      ["runs out of work", "", 0],
      ["calls process.exit", "process.exit(3);", 3],
      ["throws", 'setImmediate(() => { throw new Error("uncaught"); });', 1],
    ];
    for (const [name, end, code] of ends) {
      it(`after a process ${name}`, async () => {
        const { ended } = start(script(end));
        const outcome = await ended;
        assert.match(outcome.stdout, /tmp_/);
        assert.equal(outcome.code, code);
        assert.deepEqual(await readdir(tempDir), []);
      });
    }

    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      it(`after ${signal}`, async function () {
        if (WINDOWS) return this.skip();
        const { child, ended } = start(script("setTimeout(() => {}, 10_000);"));
        await printed(child);
        child.kill(signal);
        assert.equal((await ended).signal, signal);
        assert.deepEqual(await readdir(tempDir), []);
      });
    }

    it("after the process's own signal handler has drained", async function () {
      if (WINDOWS) return this.skip();
      const drain = `
        process.on("SIGTERM", async () => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          console.log("exists", (await import("node:fs")).existsSync(tempFilePath));
          process.exit(7);
        });
        setTimeout(() => {}, 10_000);
        console.log("listening");`;
      const { child, ended } = start(script(drain));
      await printed(child);
      await new Promise((resolve) => setTimeout(resolve, 100));
      child.kill("SIGTERM");
      const { code, stdout } = await ended;
      assert.equal(code, 7);
      assert.match(stdout, /exists true/);
      assert.deepEqual(await readdir(tempDir), []);
    });

    it("and leave no listener when every host is disposed", async () => {
      const { stdout } = await start(`
        const count = () =>
          ["exit", "SIGINT", "SIGTERM", "SIGHUP"].map((event) => process.listenerCount(event)).join();
        const first = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
        first.createCanvas("a", 10, 10);
        await first.canvasToTempFilePath({ canvasId: "a" });
        await first.dispose();
        // The rest is tmp's own, which its first use loads.
        const before = count();
        const hosts = [1, 2, 3].map(() => wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} }));
        for (const host of hosts) {
          host.createCanvas("a", 10, 10);
          await host.canvasToTempFilePath({ canvasId: "a" });
        }
        const between = count();
        for (const host of hosts) await host.dispose();
        console.log(before === count(), before === between);`).ended;
      assert.equal(stdout, "true false\n");
    });
  });
});
