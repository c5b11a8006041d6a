// Promise 26: one module opens local files: plain files, inside the folders, copied privately.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs, { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir, rename, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import type { FileStats } from "../../lib/api/files/stats.ts";
import { contextOf } from "../../lib/host.ts";
import type { HostContext } from "../../lib/host-context.ts";
import { createHost, type Host } from "../../lib/index.ts";
import { pictureAt } from "../../lib/miniprogram/page/pictures.ts";
import { openReadable } from "../../lib/sources/open.ts";
import { withAssets } from "../support/assets.ts";
import { start } from "../support/children.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { BLOCK_MS, measured } from "../support/measured.ts";
import { inFolder, LINUX, LONG, needs, ROOT, times } from "../support/promises.ts";
import { withStub } from "../support/stubs.ts";

const FILES = times(130_000, 4000);

/** All functions that open a file by a path of drawing code. */
const OPENERS: Record<string, (host: Host, path: string) => unknown> = {
  readFile: ({ wx }, filePath) => wx.getFileSystemManager().readFile({ filePath }),
  readFileSync: ({ wx }, path) => wx.getFileSystemManager().readFileSync(path),
  getFileInfo: ({ wx }, filePath) => wx.getFileInfo({ filePath }),
  copyFile: ({ wx }, srcPath) =>
    wx.getFileSystemManager().copyFile({ srcPath, destPath: "wxfile://usr/copy" }),
  copyFileSync: ({ wx }, path) => wx.getFileSystemManager().copyFileSync(path, "wxfile://usr/copy"),
  getImageInfo: ({ wx }, src) => wx.getImageInfo({ src }),
  loadFontFace: ({ wx }, path) => wx.loadFontFace({ family: "a", source: `url("${path}")` }),
};

/** The functions that open a file of the host for writing. */
const WRITERS: Record<string, (host: Host, path: string) => unknown> = {
  writeFile: ({ wx }, filePath) => wx.getFileSystemManager().writeFile({ filePath, data: "a" }),
  writeFileSync: ({ wx }, path) => wx.getFileSystemManager().writeFileSync(path, "a"),
  appendFile: ({ wx }, filePath) => wx.getFileSystemManager().appendFile({ filePath, data: "a" }),
  appendFileSync: ({ wx }, path) => wx.getFileSystemManager().appendFileSync(path, "a"),
  copyFile: ({ wx }, destPath) =>
    wx.getFileSystemManager().copyFile({ srcPath: "/plain.txt", destPath }),
};

describe("promise 26: one door for files", function () {
  this.timeout(LONG);
  before(function () {
    needs(this, process.platform !== "win32", "a system with special files");
  });

  /** Puts special files into the folder, and gives their names. */
  async function special(folder: string): Promise<{ names: string[]; close: () => void }> {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const server = createServer().listen(join(folder, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const names = ["pipe", "socket"];
    if (ROOT) {
      execFileSync("mknod", [join(folder, "null"), "c", "1", "3"]);
      execFileSync("mknod", [join(folder, "zero"), "c", "1", "5"]);
      names.push("null", "zero");
    }
    return { names, close: () => server.close() };
  }

  it("refuses pipes, sockets and devices at once, in every function that opens files", () =>
    inFolder((root) =>
      withHost({ root, onError() {} }, async (host) => {
        writeFileSync(join(root, "plain.txt"), "plain");
        const { names, close } = await special(root);
        const user = host.resolvePath("wxfile://usr/a").replace(/a$/, "");
        const own = await special(user);
        try {
          const begun = performance.now();
          for (const name of names) {
            assert.equal(await pictureAt(contextOf(host) as HostContext, `/${name}`), undefined);
            for (const [what, open] of Object.entries(OPENERS)) {
              // Several at once: none may hold one of Node's four threads.
              const tries = [0, 1, 2, 3, 4].map(() => failureOf(() => open(host, `/${name}`)));
              for (const { code } of await Promise.all(tries)) {
                assert.match(code, /^(SOURCE|EACCES|ENOENT)$/, `${what} ${name}`);
              }
            }
            for (const [what, write] of Object.entries(WRITERS)) {
              const { code } = await failureOf(() => write(host, `wxfile://usr/${name}`));
              assert.match(code, /^(EACCES|SOURCE)$/, `${what} ${name}`);
            }
          }
          assert.ok(performance.now() - begun < 20_000);
        } finally {
          close();
          own.close();
        }
      }),
    ));

  it("refuses them as pictures of a hook and as fonts of the program, too", () =>
    inFolder(async (folder) => {
      const { names, close } = await special(folder);
      try {
        for (const name of [...names, "."]) {
          const path = join(folder, name);
          await withHost({ onChooseImage: () => [path] }, async (host) => {
            const { code } = await failureOf(() => host.wx.chooseImage({}));
            assert.match(code, /^(EACCES|EISDIR)$/, name);
            assert.match(
              (await failureOf(() => host.loadFont(path, "a"))).code,
              /^(EACCES|EISDIR|SOURCE)$/,
            );
          });
        }
      } finally {
        close();
      }
    }));

  it("reads no pipe, link or folder swapped in at any step, and closes all files", async function () {
    needs(this, LINUX, "Linux, where open files are counted");
    await inFolder((base) =>
      withHost({ root: join(base, "root"), onError() {} }, async (host) => {
        const [root, outside] = [join(base, "root"), join(base, "outside")];
        mkdirSync(join(outside, "d"), { recursive: true });
        writeFileSync(join(outside, "d", "f"), "secret");
        const swaps: Record<string, () => void> = {
          pipe: () => {
            rmSync(join(root, "d/f"));
            execFileSync("mkfifo", [join(root, "d/f")]);
          },
          link: () => {
            rmSync(join(root, "d/f"));
            symlinkSync(join(outside, "d/f"), join(root, "d/f"));
          },
          "link on the way": () => {
            rmSync(join(root, "d"), { recursive: true });
            symlinkSync(join(outside, "d"), join(root, "d"));
          },
        };
        const opened = () => fs.readdirSync("/proc/self/fd").length;
        const before = opened();
        for (const [name, swap] of Object.entries(swaps)) {
          for (const [what, open] of Object.entries(OPENERS)) {
            // Swapped right before the file is looked at, opened, and located.
            for (const step of ["lstat", "open", "readlink"] as const) {
              rmSync(root, { recursive: true, force: true });
              mkdirSync(join(root, "d"), { recursive: true });
              writeFileSync(join(root, "d/f"), "plain");
              let swapped = false;
              const swapping =
                () =>
                (original: unknown): never =>
                  ((...args: unknown[]) => {
                    if (!swapped && /\/d\/f$|\/self\/fd\//.test(String(args[0]))) {
                      swapped = true;
                      swap();
                    }
                    return (original as (...args: unknown[]) => unknown)(...args);
                  }) as never;
              const answer = await withStub(fs, step, swapping() as never, () =>
                withStub(fs, `${step}Sync` as "openSync", swapping() as never, async () => {
                  try {
                    return await open(host, "/d/f");
                  } catch (error) {
                    return error;
                  }
                }),
              );
              const text = JSON.stringify(answer) + String((answer as { data?: string })?.data);
              assert.doesNotMatch(text, /secret/, `${what}: ${name} before ${step}`);
              const copy = join(host.resolvePath("wxfile://usr/copy"));
              if (fs.existsSync(copy)) {
                assert.doesNotMatch(fs.readFileSync(copy, "utf8"), /secret/, `${what}: ${name}`);
              }
            }
          }
        }
        assert.equal(opened(), before);
      }),
    );
  });

  it("looks files up once more where the system does not name open files", () =>
    inFolder((root) =>
      withHost({ root }, async (host) => {
        mkdirSync(join(root, "d"));
        writeFileSync(join(root, "d/f"), "plain");
        const missing = () => () => {
          throw Object.assign(new Error("no /proc"), { code: "ENOENT" });
        };
        const manager = host.wx.getFileSystemManager();
        await withStub(fs, "readlinkSync", missing as never, () => {
          assert.equal(manager.readFileSync("/d/f", "utf8"), "plain");
          assert.deepEqual(manager.readdirSync("/d"), ["f"]);
        });
        writeFileSync(join(root, "large"), "");
        fs.truncateSync(join(root, "large"), 2 ** 27 + 10);
        assert.equal((await failureOf(() => manager.readFileSync("/large"))).code, "TOO_LARGE");
        const end = manager.readFileSync("/large", undefined, 2 ** 27, 10) as ArrayBuffer;
        assert.equal(end.byteLength, 10);
        assert.equal((await failureOf(() => manager.readdirSync("/d/f"))).code, "ENOTDIR");
        // Swapped between the look at the folder and its opening.
        rmSync(join(root, "e"), { recursive: true, force: true });
        mkdirSync(join(root, "e"));
        const swapping = (open: typeof fs.openSync) =>
          ((...args: Parameters<typeof open>) => {
            rmSync(join(root, "d"), { recursive: true });
            rmSync(join(root, "e"), { recursive: true });
            mkdirSync(join(root, "elsewhere/e"), { recursive: true });
            symlinkSync(join(root, "elsewhere"), join(root, "d"));
            return open(String(args[0]).replace(/e$/, "d/e"), ...(args.slice(1) as [number]));
          }) as typeof open;
        await withStub(fs, "openSync", swapping, async () => {
          assert.equal((await failureOf(() => manager.readdirSync("/e"))).code, "EACCES");
        });
      }),
    ));

  it("makes copies private for any mode of their source and any umask", () =>
    inFolder(async (root) => {
      for (const umask of [0o000, 0o022, 0o077, 0o777]) {
        const before = process.umask(0o022);
        try {
          await withHost({ root }, async (host) => {
            for (const mode of [0o666, 0o777, 0o4755, 0o2755, 0o1777, 0o444]) {
              writeFileSync(join(root, "a"), "abc");
              chmodSync(join(root, "a"), mode);
              const manager = host.wx.getFileSystemManager();
              host.resolvePath("wxfile://usr/a");
              process.umask(umask);
              manager.copyFileSync("/a", `wxfile://usr/${mode}-now`);
              await manager.copyFile({ srcPath: "/a", destPath: `wxfile://usr/${mode}-later` });
              process.umask(0o022);
              for (const when of ["now", "later"]) {
                const stats = statSync(host.resolvePath(`wxfile://usr/${mode}-${when}`));
                assert.deepEqual([stats.mode & 0o7777, stats.size], [0o600, 3]);
              }
              rmSync(join(root, "a"));
            }
          });
        } finally {
          process.umask(before);
        }
      }
    }));

  it("leaves nothing of a copy that fails", async () =>
    inFolder((root) =>
      withHost({ root }, async (host) => {
        writeFileSync(join(root, "a"), "abc");
        const manager = host.wx.getFileSystemManager();
        const full = () => () => {
          throw Object.assign(new Error("full"), { code: "ENOSPC" });
        };
        await withStub(fs, "writeSync", full as never, async () => {
          const { code } = await failureOf(() => manager.copyFileSync("/a", "wxfile://usr/a"));
          assert.equal(code, "ENOSPC");
        });
        assert.equal(fs.existsSync(host.resolvePath("wxfile://usr/a")), false);
      }),
    ));

  it("notices a file that is rewritten within one tick of the clock", () =>
    inFolder((root) =>
      withAssets({ root }, async ({ paths }) => {
        const path = join(root, "a.png");
        const identity = async () => {
          const file = await openReadable(paths, path);
          await file.close();
          return file.identity;
        };
        await writeFile(path, "1");
        // The file is so young that a later change may get the same times.
        assert.equal(await identity(), undefined);
        const old = new Date(Date.now() - 60_000);
        const aged = (file: string, ino: bigint) =>
          withStub(
            fs,
            "fstat",
            (fstat) =>
              ((fd: number, options: object, done: (...args: unknown[]) => void) =>
                fstat(fd, options as never, (error: unknown, stats: unknown) =>
                  done(error, Object.assign(stats as object, { ctimeMs: 1n, ctimeNs: 1n, ino })),
                )) as never,
            async () => {
              await utimes(file, old, old);
              return identity();
            },
          );
        const first = await aged(path, 1n);
        assert.ok(first);
        assert.equal(await aged(path, 1n), first);
        // Of the same size and times, but another file.
        await writeFile(`${path}.new`, "2");
        await rename(`${path}.new`, path);
        assert.notEqual(await aged(path, 2n), first);
      }),
    ));

  it("draws the current content after 200 rewrites on a disk with a coarse clock", async function () {
    needs(this, ROOT, "root on Linux, to mount a disk");
    const pictures = await Promise.all(
      ["#f00", "#00f"].map(async (background) => {
        const create = { width: 8, height: 8, channels: 3, background } as const;
        return (await sharp({ create }).png().toBuffer()).toString("base64");
      }),
    );
    await inFolder(async (folder) => {
      const { stdout, stderr } = await start(
        `import fs from "node:fs";
        const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(folder)} });
        const pictures = ${JSON.stringify(pictures)}.map((text) => Buffer.from(text, "base64"));
        host.mountCanvas({ canvasId: "a", width: 8, height: 8 });
        const context = host.wx.createCanvasContext("a");
        let stale = 0;
        for (let i = 0; i < 200; i++) {
          host.wx.getFileSystemManager().writeFileSync("wxfile://usr/code.png", pictures[i % 2]);
          context.drawImage("wxfile://usr/code.png", 0, 0);
          await new Promise((done) => context.draw(false, done));
          const { data } = await host.wx.canvasGetImageData({ canvasId: "a", x: 4, y: 4, width: 1, height: 1 });
          if (data[0] !== (i % 2 ? 0 : 255)) stale++;
        }
        await host.dispose();
        console.log("stale", stale);`,
        {},
        { by: ["unshare", "-m", "sh", "-c", `mount -t ramfs none ${folder} && exec "$@"`, "sh"] },
      ).ended;
      assert.equal(stdout, "stale 0\n", stderr);
    });
  });

  it(`describes and removes ${FILES} files without blocking, and refuses a folder 5000 levels deep`, () =>
    inFolder((root) =>
      withHost({ root }, async (host) => {
        mkdirSync(join(root, "many/sub"), { recursive: true });
        for (let i = 0; i < FILES; i++)
          writeFileSync(join(root, i % 2 ? "many/sub" : "many", `${i}`), "");
        const manager = host.wx.getFileSystemManager();
        let turns = 0;
        const timer = setInterval(() => turns++, 1);
        const { result, blockMs } = await measured(
          () => manager.stat({ path: "/many", recursive: true }) as Promise<{ stats: unknown }>,
        );
        clearInterval(timer);
        const { stats } = result;
        assert.ok(blockMs < BLOCK_MS, `others waited for ${blockMs} ms`);
        assert.equal((stats as unknown[]).length, FILES + 2);
        assert.ok(turns > FILES / 400, `others had ${turns} turns`);
        assert.equal((manager.statSync("/many", true) as unknown[]).length, FILES + 2);
        manager.mkdirSync("wxfile://usr/many");
        const own = host.resolvePath("wxfile://usr/many");
        await rename(join(root, "many"), join(own, "moved"));
        symlinkSync(root, join(own, "link"));
        const described = manager.statSync("wxfile://usr/many", true) as FileStats[];
        const link = described.find(({ path }) => path === "/link")?.stats;
        assert.deepEqual([link?.isFile(), link?.isDirectory()], [false, false]);
        const removal = await measured(
          () =>
            manager.rmdir({ dirPath: "wxfile://usr/many", recursive: true }) as Promise<unknown>,
        );
        assert.ok(removal.blockMs < BLOCK_MS, `others waited for ${removal.blockMs} ms`);
        assert.deepEqual([fs.existsSync(own), fs.existsSync(root)], [false, true]);
        const deep = `wxfile://usr/${"a/".repeat(5000)}b`;
        assert.equal((await failureOf(() => manager.writeFileSync(deep, ""))).code, "SOURCE");
        assert.equal(
          (await failureOf(() => manager.writeFile({ filePath: deep, data: "" }))).code,
          "SOURCE",
        );
      }),
    ));

  it("keeps the code of Node's permission model", () =>
    inFolder(async (folder) => {
      const denied = (name: string) => () => () => {
        throw Object.assign(new Error(`Access to ${name} is restricted`), {
          code: "ERR_ACCESS_DENIED",
        });
      };
      writeFileSync(join(folder, "a"), "");
      await withHost({ root: folder }, async (host) => {
        const manager = host.wx.getFileSystemManager();
        for (const name of ["openSync", "realpathSync"] as const) {
          await withStub(fs, name, denied(name) as never, async () => {
            const failure = await failureOf(() => manager.readFileSync("/a"));
            assert.equal(failure.code, "ERR_ACCESS_DENIED", name);
            assert.equal((failure as { errCode?: number }).errCode, 1300013);
          });
        }
      });
      const host = createHost({ tempDir: folder });
      host.createCanvas("a", 5, 5);
      await withStub(fs, "mkdirSync", denied("mkdirSync") as never, async () => {
        const failure = await failureOf(() => host.canvasToTempFilePath({ canvasId: "a" }));
        assert.equal(failure.code, "ERR_ACCESS_DENIED");
      });
      await host.dispose();
      assert.deepEqual(await readdir(folder), ["a"]);
    }));
});
