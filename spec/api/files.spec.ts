// The file system manager: equal async and sync forms, WeChat's messages, bounded to the host.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileError } from "../../lib/api/files/errors.ts";
import { createHost, type Host } from "../../lib/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";

const USER = "wxfile://usr";

describe("getFileSystemManager", () => {
  let outside: string;
  let root: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), "spec-"));
    root = join(outside, "app");
    await mkdir(join(root, "images"), { recursive: true });
    await writeFile(join(root, "images", "a.txt"), "inside");
    await writeFile(join(outside, "secret.txt"), "secret");
    await symlink(outside, join(root, "link"));
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  const within = (test: (host: Host) => Promise<unknown> | unknown) =>
    withHost({ root }, async (host) => {
      await test(host);
    });

  it("returns one manager for each host", () =>
    within(({ wx }) => assert.equal(wx.getFileSystemManager(), wx.getFileSystemManager())));

  it("writes, appends and reads, synchronously", () =>
    within(({ wx }) => {
      const fs = wx.getFileSystemManager();
      fs.writeFileSync(`${USER}/a.txt`, "海报", "utf8");
      fs.appendFileSync(`${USER}/a.txt`, "!");
      assert.equal(fs.readFileSync(`${USER}/a.txt`, "utf8"), "海报!");
      const bytes = fs.readFileSync(`${USER}/a.txt`) as ArrayBuffer;
      assert.ok(bytes instanceof ArrayBuffer);
      assert.equal(Buffer.from(bytes).toString(), "海报!");
      fs.writeFileSync(`${USER}/b.bin`, new Uint8Array([1, 2, 255]).buffer);
      assert.equal(fs.readFileSync(`${USER}/b.bin`, "hex"), "0102ff");
      assert.equal(fs.readFileSync(`${USER}/b.bin`, "base64"), "AQL/");
      fs.writeFileSync(`${USER}/c.bin`, "AQL/", "base64");
      assert.equal(fs.readFileSync(`${USER}/c.bin`, "hex", 1, 1), "02");
      assert.deepEqual(fs.readdirSync(USER).sort(), ["a.txt", "b.bin", "c.bin"]);
    }));

  it("writes, appends and reads asynchronously, by promise or by callback", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      const written = await fs.writeFile({ filePath: `${USER}/a.txt`, data: "abc" });
      assert.deepEqual(written, { errMsg: "writeFile:ok" });
      await fs.appendFile({ filePath: `${USER}/a.txt`, data: "def" });
      const data = await new Promise((resolve, reject) => {
        fs.readFile({
          filePath: `${USER}/a.txt`,
          encoding: "utf-8",
          position: 1,
          success: (result) => resolve(result.data),
          fail: reject,
        });
      });
      assert.equal(data, "bcdef");
      assert.deepEqual(await fs.access({ path: `${USER}/a.txt` }), { errMsg: "access:ok" });
    }));

  it("writes bytes as they are at the call", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      const data = new Uint8Array([1, 2, 3]);
      const written = fs.writeFile({ filePath: `${USER}/a.bin`, data: data.buffer });
      data.fill(9);
      await written;
      assert.equal(fs.readFileSync(`${USER}/a.bin`, "hex"), "010203");
    }));

  it("leaves a file that is copied onto itself as it is", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      fs.writeFileSync(`${USER}/a.txt`, "abc");
      const { errMsg } = await fs.copyFile({
        srcPath: `${USER}/a.txt`,
        destPath: `${USER}/./a.txt`,
      });
      assert.equal(errMsg, "copyFile:ok");
      assert.equal(fs.readFileSync(`${USER}/a.txt`, "utf8"), "abc");
    }));

  it("reads the package, but does not write to it", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      for (const path of ["/images/a.txt", "images/a.txt", join(root, "images/a.txt")]) {
        assert.equal(fs.readFileSync(path, "utf8"), "inside");
        const failure = await failureOf(() => fs.writeFileSync(path, "x"));
        assert.equal(failure.errMsg, `writeFileSync:fail permission denied, open ${path}`);
        await failureOf(() => fs.unlinkSync(path));
        await failureOf(() => fs.renameSync(path, `${USER}/a.txt`));
        await failureOf(() => fs.saveFileSync(path));
      }
      assert.equal(await readFile(join(root, "images/a.txt"), "utf8"), "inside");
    }));

  it("refuses paths outside of the host by .., by a link or by an absolute path", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      fs.writeFileSync(`${USER}/a.txt`, "a");
      for (const path of [
        join(outside, "secret.txt"),
        "../secret.txt",
        "/../secret.txt",
        "link/secret.txt",
        "/link/secret.txt",
        `${USER}/../../secret.txt`,
        `${USER}/../../../../../../../../etc/hostname`,
        `file://${join(outside, "secret.txt")}`,
      ]) {
        for (const call of [
          () => fs.readFileSync(path),
          () => fs.readFile({ filePath: path }),
          () => fs.statSync(path),
          () => fs.accessSync(path),
          () => fs.copyFileSync(path, `${USER}/b.txt`),
          () => fs.getFileInfo({ filePath: path }),
          () => fs.writeFileSync(path, "x"),
          () => fs.appendFile({ filePath: path, data: "x" }),
          () => fs.copyFileSync(`${USER}/a.txt`, path),
          () => fs.renameSync(`${USER}/a.txt`, path),
          () => fs.unlinkSync(path),
          () => fs.rmdirSync(path, true),
          () => fs.mkdirSync(path, true),
        ]) {
          const { errMsg, errCode } = (await failureOf(call)) as unknown as {
            errMsg: string;
            errCode: number;
          };
          assert.match(errMsg, /fail (permission denied|no such file or directory|file not exist)/);
          assert.ok(errCode > 1300000);
        }
      }
      assert.equal(await readFile(join(outside, "secret.txt"), "utf8"), "secret");
      assert.equal(existsSync(join(outside, "app/link/b.txt")), false);
    }));

  it("makes, lists and removes folders", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      const path = `${USER}/a/b/c`;
      assert.equal(
        (await failureOf(() => fs.mkdirSync(path))).errMsg,
        `mkdirSync:fail no such file or directory ${path}`,
      );
      fs.mkdirSync(path, true);
      assert.equal(
        (await failureOf(() => fs.mkdir({ dirPath: path, recursive: true }))).errMsg,
        `mkdir:fail file already exists ${path}`,
      );
      fs.writeFileSync(`${path}/d.txt`, "1234");
      assert.equal(
        (await failureOf(() => fs.rmdirSync(path))).errMsg,
        "rmdirSync:fail directory not empty",
      );
      assert.equal(
        (await failureOf(() => fs.readdirSync(`${path}/d.txt`))).errMsg,
        `readdirSync:fail not a directory ${path}/d.txt`,
      );
      const all = fs.statSync(`${USER}/a`, true) as { path: string }[];
      assert.deepEqual(
        all.map(({ path }) => path),
        ["/", "/b", "/b/c", "/b/c/d.txt"],
      );
      await fs.rmdir({ dirPath: `${USER}/a`, recursive: true });
      assert.deepEqual(fs.readdirSync(USER), []);
    }));

  it("never removes the host's own folders", () =>
    within(async (host) => {
      const fs = host.wx.getFileSystemManager();
      fs.writeFileSync(`${USER}/a.txt`, "a");
      const user = join(host.resolvePath(`${USER}/a.txt`), "..");
      for (const path of [USER, `${USER}/`, user, join(user, "..")]) {
        await failureOf(() => fs.rmdirSync(path, true));
        await failureOf(() => fs.renameSync(path, `${USER}/b`));
      }
      assert.deepEqual(fs.readdirSync(USER), ["a.txt"]);
    }));

  it("describes files", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      fs.writeFileSync(`${USER}/a.txt`, "abc");
      const stats = fs.statSync(`${USER}/a.txt`) as Exclude<
        ReturnType<typeof fs.statSync>,
        unknown[]
      >;
      assert.deepEqual([stats.size, stats.isFile(), stats.isDirectory()], [3, true, false]);
      assert.ok(Math.abs(stats.lastModifiedTime - Date.now() / 1000) < 60);
      const { stats: folder } = await fs.stat({ path: USER });
      assert.equal((folder as typeof stats).isDirectory(), true);
      for (const digestAlgorithm of [undefined, "md5", "sha1", "sha256"] as const) {
        const { size, digest } = await wx.getFileInfo({
          filePath: `${USER}/a.txt`,
          digestAlgorithm,
        });
        assert.equal(size, 3);
        const expected = createHash(digestAlgorithm ?? "md5").update("abc");
        assert.equal(digest, expected.digest("hex"));
      }
      const unknown = { filePath: `${USER}/a.txt`, digestAlgorithm: "sha512" as "md5" };
      assert.equal(
        (await failureOf(() => wx.getFileInfo(unknown))).errMsg,
        'getFileInfo:fail digestAlgorithm: expected "md5", "sha1" or "sha256", got "sha512"',
      );
      const failure = await failureOf(() => wx.getFileInfo({ filePath: `${USER}/none` }));
      assert.equal(failure.errMsg, "getFileInfo:fail file not exist");
    }));

  it("deletes files", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      for (const name of ["a", "b", "c"]) fs.writeFileSync(`${USER}/${name}`, "");
      fs.unlinkSync(`${USER}/a`);
      assert.deepEqual(await fs.unlink({ filePath: `${USER}/b` }), { errMsg: "unlink:ok" });
      assert.deepEqual(fs.readdirSync(USER), ["c"]);
    }));

  it("keeps the system's message where WeChat documents none", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      fs.mkdirSync(`${USER}/folder`);
      const failure = await failureOf(() => fs.renameSync(`${USER}/folder`, `${USER}/folder/in`));
      assert.match(failure.errMsg, /^renameSync:fail EINVAL: invalid argument, rename /);
      assert.deepEqual([failure.code, (failure as FileError).errCode], ["EINVAL", 1300005]);
    }));

  it("copies and moves", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      fs.copyFileSync("/images/a.txt", `${USER}/a.txt`);
      fs.renameSync(`${USER}/a.txt`, `${USER}/b.txt`);
      assert.deepEqual(fs.readdirSync(USER), ["b.txt"]);
      fs.mkdirSync(`${USER}/folder`);
      for (const [call, errMsg] of [
        [
          () => fs.copyFileSync(`${USER}/none`, `${USER}/c`),
          `copyFileSync:fail no such file or directory, copyFile ${USER}/none -> ${USER}/c`,
        ],
        [
          () => fs.rename({ oldPath: `${USER}/none`, newPath: `${USER}/c` }),
          `rename:fail no such file or directory, rename ${USER}/none -> ${USER}/c`,
        ],
        [
          () => fs.copyFile({ srcPath: `${USER}/b.txt`, destPath: "/c" }),
          `copyFile:fail permission denied, copyFile ${USER}/b.txt -> /c`,
        ],
        [
          () => fs.writeFileSync(`${USER}/none/c`, ""),
          `writeFileSync:fail no such file or directory, open ${USER}/none/c`,
        ],
        [
          () => fs.appendFileSync(`${USER}/none`, ""),
          `appendFileSync:fail no such file or directory, open ${USER}/none`,
        ],
        [
          () => fs.readFileSync(`${USER}/none`),
          `readFileSync:fail no such file or directory, open ${USER}/none`,
        ],
        [
          () => fs.accessSync(`${USER}/none`),
          `accessSync:fail no such file or directory ${USER}/none`,
        ],
        [() => fs.unlinkSync(USER), `unlinkSync:fail permission denied, open ${USER}`],
        [() => fs.unlinkSync(`${USER}/folder`), "unlinkSync:fail operation not permitted"],
        [
          () => fs.copyFileSync(`${USER}/folder`, `${USER}/c`),
          "copyFileSync:fail operation not permitted",
        ],
        [() => fs.rmdirSync(`${USER}/b.txt`), `rmdirSync:fail not a directory ${USER}/b.txt`],
        [() => fs.saveFileSync(`${USER}/folder`), "saveFileSync:fail tempFilePath file not exist"],
        [
          () => fs.readFileSync(USER),
          `readFileSync:fail illegal operation on a directory, open "${USER}"`,
        ],
      ] as const) {
        const failure = await failureOf(call);
        assert.equal(failure.errMsg.slice(0, errMsg.length), errMsg);
      }
    }));

  for (const [position, length, name] of [
    [3, undefined, "position"],
    [-1, undefined, "position"],
    [0.5, undefined, "position"],
    [0, 4, "length"],
    [1, 3, "length"],
    [0, 0, "length"],
  ] as const) {
    it(`refuses position ${position} and length ${length} of three bytes`, () =>
      within(async ({ wx }) => {
        const fs = wx.getFileSystemManager();
        fs.writeFileSync(`${USER}/a.txt`, "abc");
        const call = () => fs.readFileSync(`${USER}/a.txt`, "utf8", position, length);
        assert.match(
          (await failureOf(call)).errMsg,
          new RegExp(`value of ${name} is out of range$`),
        );
      }));
  }

  it("refuses wrong values", () =>
    within(async ({ wx }) => {
      const fs = wx.getFileSystemManager();
      for (const path of [undefined, null, 5, "", "\0", {}]) {
        await failureOf(() => fs.readFileSync(path as string));
        await failureOf(() => fs.writeFile({ filePath: path as string, data: "a" }));
      }
      for (const data of [undefined, null, 5, {}, [1]]) {
        await failureOf(() => fs.writeFileSync(`${USER}/a`, data as string));
      }
      await failureOf(() => fs.readFileSync("/images/a.txt", "utf7" as never));
      await failureOf(() => fs.readFile(5 as never));
    }));

  for (const tempFilePaths of ["absolute", "wxfile"] as const) {
    it(`saves temp files, as ${tempFilePaths} paths`, () =>
      withHost({ root, tempFilePaths }, async (host) => {
        const { wx } = host;
        host.createCanvas("a", 5, 5);
        assert.deepEqual((await wx.getSavedFileList()).fileList, []);
        const { tempFilePath } = await wx.canvasToTempFilePath({ canvasId: "a" });
        const { savedFilePath } = await wx.saveFile({ tempFilePath });
        assert.match(savedFilePath, /store_[0-9a-f]{32}\.png$/);
        assert.equal(savedFilePath.startsWith("wxfile://"), tempFilePaths === "wxfile");
        assert.equal(
          (await failureOf(() => wx.saveFile({ tempFilePath }))).errMsg,
          "saveFile:fail tempFilePath file not exist",
        );
        const { size, createTime } = await wx.getSavedFileInfo({ filePath: savedFilePath });
        assert.deepEqual((await wx.getSavedFileList()).fileList, [
          { filePath: savedFilePath, size, createTime },
        ]);
        assert.ok(size > 50 && Math.abs(createTime - Date.now() / 1000) < 60);
        await wx.removeSavedFile({ filePath: savedFilePath });
        assert.deepEqual((await wx.getSavedFileList()).fileList, []);
        const failure = await failureOf(() => wx.removeSavedFile({ filePath: savedFilePath }));
        assert.equal(failure.errMsg, "removeSavedFile:fail file not exist");
        await failureOf(() => wx.removeSavedFile({ filePath: "/images/a.txt" }));

        const again = (await wx.canvasToTempFilePath({ canvasId: "a" })).tempFilePath;
        const fs = wx.getFileSystemManager();
        assert.equal(fs.saveFileSync(again, `${USER}/kept.png`), `${USER}/kept.png`);
        assert.deepEqual(fs.readdirSync(USER), ["kept.png"]);
      }));
  }

  it("fails on a disposed host, and leaves nothing", async () => {
    const tempDir = join(outside, "temp");
    await mkdir(tempDir);
    const host = createHost({ root, tempDir });
    const fs = host.wx.getFileSystemManager();
    fs.writeFileSync(`${USER}/a.txt`, "a");
    assert.equal(readdirSync(tempDir).length, 1);
    await host.dispose();
    assert.equal((await failureOf(() => fs.writeFileSync(`${USER}/a`, "a"))).code, "DISPOSED");
    const late = fs.writeFile({ filePath: `${USER}/a`, data: "a" });
    assert.equal((await failureOf(() => late)).code, "DISPOSED");
    assert.deepEqual(readdirSync(tempDir), []);
  });
});
