// Paths: where each form points, and every way out of the folders, which is refused.
import assert from "node:assert/strict";
import fs, { rmSync, symlinkSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { show } from "../../lib/errors.ts";
import { createHost, type HostOptions } from "../../lib/index.ts";
import { isInside } from "../../lib/inside.ts";
import { runSync } from "../../lib/procedure.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { namesIn, readTrusted } from "../../lib/sources/open.ts";
import type { Paths } from "../../lib/sources/paths.ts";
import { type Assets, withAssets } from "../support/assets.ts";
import { failureOf } from "../support/hosts.ts";

const WINDOWS = process.platform === "win32";

const placeSync = (paths: Paths, path: unknown) => runSync(paths.place(path));
const userDirectory = (paths: Paths) => dirname(paths.named("wxfile://usr/a") as string);

describe("paths", function () {
  if (WINDOWS) return;
  this.timeout(60_000);

  let base: string;
  let root: string;
  let further: string;
  let outside: string;
  let png: Buffer;

  before(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), "spec-")));
    [root, further, outside] = [join(base, "root"), join(base, "further"), join(base, "outside")];
    png = await sharp({ create: { width: 3, height: 2, channels: 3, background: "#f00" } })
      .png()
      .toBuffer();
    for (const folder of [
      join(root, "images"),
      join(root, "pages/index"),
      join(root, "%2e%2e"),
      further,
      join(outside, "deep"),
      // A neighbour whose name begins as the root's does.
      `${root}-not`,
    ]) {
      await mkdir(folder, { recursive: true });
    }
    for (const file of [
      join(root, "images/a.png"),
      join(root, "images/a b%.png"),
      join(root, "images/https%3A%2F%2Fexample.com%2Fa.png"),
      join(root, "pages/index/page.png"),
      join(root, "page.png"),
      join(root, "..a.png"),
      join(further, "b.png"),
      join(outside, "secret.png"),
      join(`${root}-not`, "secret.png"),
    ]) {
      await writeFile(file, png);
    }
    await symlink(join(outside, "secret.png"), join(root, "link.png"));
    await symlink(outside, join(root, "folder"));
    await symlink("../../outside/secret.png", join(root, "images/relative.png"));
    await symlink(join(root, "link.png"), join(root, "chain.png"));
    await symlink(join(root, "loop"), join(root, "loop"));
    await symlink(join(outside, "nothing"), join(root, "nowhere"));
    await symlink(join(root, "images/a.png"), join(root, "inside.png"));
    await symlink(root, join(base, "alias"));
  });
  after(() => rm(base, { recursive: true, force: true }));

  const within = <T>(test: (assets: Assets) => Promise<T>, options: HostOptions = {}) =>
    withAssets({ root, page: "pages/index", roots: [further], tempDir: base, ...options }, test);

  describe("that may be read", () => {
    // [kind, path, target below base]
    const rows = (): [string, string, string][] => [
      ["a package path", "/images/a.png", "root/images/a.png"],
      ["a package path with dots", "/images/../images/./a.png", "root/images/a.png"],
      ["a page path", "page.png", "root/pages/index/page.png"],
      ["a package path without a slash", "images/a.png", "root/images/a.png"],
      ["a page path with a dot", "./page.png", "root/pages/index/page.png"],
      ["a page path that climbs", "../../images/a.png", "root/images/a.png"],
      ["an absolute path below root", join(root, "images/a.png"), "root/images/a.png"],
      ["an absolute path below a further root", join(further, "b.png"), "further/b.png"],
      [
        "an absolute path by another name of the folder",
        join(base, "alias/images/a.png"),
        "root/images/a.png",
      ],
      ["a file URL", pathToFileURL(join(root, "images/a.png")).href, "root/images/a.png"],
      ["a file URL of localhost", `file://localhost${root}/images/a.png`, "root/images/a.png"],
      ["a file URL in capitals", `FILE://${root}/images/a.png`, "root/images/a.png"],
      [
        "an encoded file URL",
        pathToFileURL(join(root, "images/a b%.png")).href,
        "root/images/a b%.png",
      ],
      ["a name with a blank and a percent sign", "/images/a b%.png", "root/images/a b%.png"],
      [
        "a name that looks encoded",
        "/images/https%3A%2F%2Fexample.com%2Fa.png",
        "root/images/https%3A%2F%2Fexample.com%2Fa.png",
      ],
      ["a name that begins with dots", "/..a.png", "root/..a.png"],
      ["a link that stays inside", "/inside.png", "root/images/a.png"],
    ];
    it("lead to their file, in the async and the sync form", () =>
      within(async ({ paths, pictures }) => {
        for (const [name, path, expected] of rows()) {
          assert.equal(await paths.readable(path), join(base, expected), name);
          assert.equal(paths.readableSync(path), join(base, expected), name);
          assert.equal((await pictures.load(path)).width, 3, name);
        }
      }));

    it("include the host's own files, by each of their names", () =>
      within(async ({ paths, directory }) => {
        assert.equal(directory.made(), undefined);
        const files: [string, string][] = [
          [`tmp_${"0".repeat(32)}.png`, `tmp_${"0".repeat(32)}.png`],
          ["usr/a/b.png", "usr/a/b.png"],
          ["store_1.png", "store/store_1.png"],
        ];
        await mkdir(join(userDirectory(paths), "a"));
        runSync(paths.savedDirectory());
        for (const [name, place] of files) {
          const real = join(directory.pathSync(), place);
          await writeFile(real, png);
          assert.equal(await paths.readable(`wxfile://${name}`), real);
          assert.equal(await paths.readable(real), real);
          assert.equal(paths.own(`wxfile://${name}`), real);
          assert.equal(paths.own(real), real);
        }
        assert.equal(
          paths.readableSync("wxfile://usr/a/../a/b.png"),
          join(userDirectory(paths), "a/b.png"),
        );
        assert.equal(paths.readableSync("wxfile://usr"), userDirectory(paths));
      }));

    it("start from the root when they are relative and there is no page", () =>
      within(
        async ({ paths }) => {
          assert.equal(await paths.readable("images/a.png"), join(root, "images/a.png"));
        },
        { page: undefined },
      ));

    it("start from a page, whose path is absolute or counts from the root, wherever the process works", () => {
      const folder = dirname(process.cwd());
      for (const page of ["pages/a", join(folder, "pages/a")]) {
        assert.equal(parseSettings({ root: folder, page }).page, join(folder, "pages/a"));
      }
    });
  });

  describe("that may not", () => {
    const rows = (): unknown[] => [
      // Climbing out.
      "../../../outside/secret.png",
      "../../../../../../../../../../etc/passwd",
      "/images/../../outside/secret.png",
      "/../outside/secret.png",
      "./../../../outside/secret.png",
      "../../..",
      "/../images/a.png",
      `${root}/../outside/secret.png`,
      `${root}/images/../../outside/secret.png`,
      `${root}-not/secret.png`,
      `${further}/../outside/secret.png`,
      // Absolute.
      join(base, "outside/secret.png"),
      "/etc/passwd",
      "/etc/hostname",
      "/proc/self/environ",
      "/proc/self/root/etc/passwd",
      "/proc/self/cwd",
      "/proc/self/fd/0",
      "/dev/zero",
      "/dev/stdin",
      base,
      tmpdir(),
      // Links.
      "/link.png",
      "../../link.png",
      join(root, "link.png"),
      "/chain.png",
      "/folder/secret.png",
      "/folder/deep/../secret.png",
      join(root, "folder"),
      "/images/relative.png",
      "/loop",
      "/loop/a.png",
      "/nowhere",
      `${base}/alias/link.png`,
      pathToFileURL(join(root, "link.png")).href,
      // URLs of files.
      pathToFileURL(join(outside, "secret.png")).href,
      "file:///etc/passwd",
      "file:/etc/passwd",
      "file:etc/passwd",
      "file:../../outside/secret.png",
      `file://${root}/../outside/secret.png`,
      `file://${root}/%2e%2e/outside/secret.png`,
      `file://${root}/%2E%2E/outside/secret.png`,
      `file://${root}/.%2e/outside/secret.png`,
      `file://${root}/images/..%2f..%2foutside%2fsecret.png`,
      `file://${root}/images/%5c..%5c..`,
      `file://${root}/images/a.png%00.png`,
      `file://${root}/link.png`,
      `file://server/share/secret.png`,
      `file://127.0.0.1${outside}/secret.png`,
      `file:////server/share/secret.png`,
      "file://",
      "file:",
      // Encoded: names are not decoded, so these name nothing.
      "/%2e%2e/%2e%2e/outside/secret.png",
      "/%2e%2e/../../outside/secret.png",
      "..%2f..%2f..%2foutside%2fsecret.png",
      "/images/..%c0%af..%c0%afoutside/secret.png",
      "..%252f..%252foutside",
      // Null bytes.
      "/images/a.png\0",
      `${outside}/secret.png\0.png`,
      "\0",
      // Networks and other systems.
      "//server/share/secret.png",
      `/${root}/images/a.png`,
      `file:///${root}/images/a.png`,
      "\\\\server\\share\\secret.png",
      "\\\\?\\C:\\secret.png",
      "\\\\.\\pipe\\secret",
      "/\\server\\share",
      "..\\..\\outside\\secret.png",
      "C:\\secret.png",
      // Names of other hosts' files.
      "wxfile://",
      "wxfile://..",
      "wxfile://../outside/secret.png",
      "wxfile://usr/../../outside/secret.png",
      "wxfile://usr/../tmp_0.png",
      "wxfile://usr/link.png",
      "wxfile://usr/folder/secret.png",
      "wxfile://usr/%2e%2e/%2e%2e/outside/secret.png",
      "wxfile://store_../../outside/secret.png",
      "wxfile://tmp_../../outside/secret.png",
      "wxfile://tmp_0/../../outside/secret.png",
      "wxfile:///etc/passwd",
      "wxfile://etc/passwd",
      `wxfile://${join(outside, "secret.png")}`,
      "WXFILE://usr/../../outside/secret.png",
      // Values that are no paths.
      "",
      "http://127.0.0.1/a.png",
      "ftp://127.0.0.1/a.png",
      "blob:http://127.0.0.1/8d6a",
      "javascript://a",
      "data:text/plain,a",
      " /etc/passwd",
      "~/secret.png",
      "$HOME/secret.png",
      // No file has that name.
      "/images/none.png",
      "/images/a.png/../a.png/x",
    ];

    it("are refused with the path and the reason, and nothing is read", () =>
      within(async ({ paths, pictures, directory }) => {
        await symlink(join(outside, "secret.png"), join(userDirectory(paths), "link.png"));
        await symlink(outside, join(userDirectory(paths), "folder"));
        await writeFile(join(directory.pathSync(), "tmp_0.png"), png);
        const all = rows() as string[];
        assert.ok(all.length >= 80);
        for (const path of all) {
          const asked = [() => paths.readable(path), () => paths.readableSync(path)];
          // Network and data URLs are read elsewhere.
          if (!/^(https?|data):/.test(path)) asked.push(() => pictures.load(path) as never);
          for (const ask of asked) {
            const failure = await failureOf(ask);
            assert.equal(failure.code, "SOURCE", path);
            assert.ok(failure.errMsg.startsWith(`fail ${show(path)}: `), failure.errMsg);
          }
          // A name that only looks encoded: the host may give it to its own file.
          const own = paths.own(path) ?? directory.pathSync();
          assert.ok(isInside(own, directory.pathSync()), path);
        }
      }));

    it("have no file in a temp directory that the host has not made", () =>
      within(async ({ paths, directory }) => {
        for (const path of ["wxfile://usr/a", "wxfile://tmp_0.png", "wxfile://usr/../a"]) {
          assert.equal((await failureOf(() => paths.readable(path))).code, "SOURCE");
          assert.equal(paths.own(path), undefined);
        }
        assert.equal(directory.made(), undefined);
        await writeFile(join(directory.pathSync(), "tmp_0.png"), png);
        for (const path of ["wxfile://usr/a", "wxfile://store_1"]) {
          assert.equal((await failureOf(() => paths.readable(path))).code, "SOURCE");
        }
        assert.equal(paths.own(5), undefined);
        assert.equal(paths.own("wxfile://usr/"), undefined);
        assert.equal(paths.own(directory.pathSync()), undefined);
        await rm(directory.pathSync(), { recursive: true });
        assert.equal(paths.own("wxfile://tmp_0.png"), undefined);
      }));

    for (const path of [undefined, null, 5, {}, [], Symbol("a"), Buffer.from("/images/a.png")]) {
      it(`do not include ${String(path)}`, () =>
        within(async ({ paths }) => {
          assert.equal((await failureOf(() => paths.readable(path))).code, "INVALID");
          assert.equal((await failureOf(() => placeSync(paths, path))).code, "INVALID");
        }));
    }

    it("are refused on Windows where it reads names in its own ways", () =>
      within(async ({ paths }) => {
        const platform = Object.getOwnPropertyDescriptor(process, "platform") ?? {};
        Object.defineProperty(process, "platform", { ...platform, value: "win32" });
        try {
          for (const path of [
            "C:a.png",
            "images/a.png:stream",
            "CON",
            "images\\nul.png",
            "com1",
            "wxfile://usr/NUL",
            "wxfile://usr/a.txt:x",
            "a.txt:x",
            "con .txt",
          ]) {
            const failure = await failureOf(() => paths.readable(path));
            assert.match(failure.errMsg, /Windows does not read it as a plain path$/, path);
          }
          const failure = await failureOf(() => paths.readable("C:\\console.png"));
          assert.match(failure.errMsg, /there is no such file$/);
          assert.equal(await paths.readable("/images/a.png"), join(root, "images/a.png"));
          assert.ok(await paths.readable(pathToFileURL(join(root, "images/a.png")).href));
        } finally {
          Object.defineProperty(process, "platform", platform);
        }
      }));

    it("read folders by name on Windows, which cannot open them", async () => {
      const names = () => runSync(namesIn(root, "/")).sort();
      const opened = names();
      const platform = Object.getOwnPropertyDescriptor(process, "platform") ?? {};
      Object.defineProperty(process, "platform", { ...platform, value: "win32" });
      const { openSync } = fs;
      try {
        fs.openSync = () => {
          throw new Error("EISDIR");
        };
        assert.deepEqual(names(), opened);
      } finally {
        fs.openSync = openSync;
        Object.defineProperty(process, "platform", platform);
      }
    });

    it("fail with the system's code when the program names them", () => {
      const { openSync } = fs;
      const error = new Error("EACCES");
      try {
        fs.openSync = () => {
          throw error;
        };
        assert.throws(
          () => runSync(readTrusted(join(outside, "secret.png"), 1000)),
          (thrown) => thrown === error,
        );
      } finally {
        fs.openSync = openSync;
      }
      assert.throws(() => runSync(readTrusted(outside, 1000)), { code: "EISDIR" });
    });

    it("are no folder, and no pipe without a writer", () =>
      within(async ({ pictures }) => {
        const { execFileSync } = await import("node:child_process");
        execFileSync("mkfifo", [join(root, "pipe")]);
        for (const path of ["/images", "/pipe", "/", "."]) {
          const failure = await failureOf(() => pictures.load(path));
          assert.match(failure.errMsg, /it is no file$|outside the folders/, path);
        }
      }));

    it("have the whole file system as root only when it is set", async () => {
      const before = process.cwd();
      process.chdir("/");
      try {
        for (const path of [join(outside, "secret.png"), "etc/hostname", "/etc/hostname"]) {
          await within(
            async ({ paths }) => {
              assert.equal((await failureOf(() => paths.readable(path))).code, "SOURCE");
            },
            { root: undefined, page: undefined },
          );
        }
        await within(
          async ({ paths }) => {
            const path = join(outside, "secret.png");
            assert.equal(await paths.readable(path), path);
          },
          { root: "/", page: undefined },
        );
      } finally {
        process.chdir(before);
      }
    });

    it("have no root when the working directory was removed", async () => {
      const { cwd } = process;
      process.cwd = () => {
        throw new Error("ENOENT: uv_cwd");
      };
      try {
        await withAssets({ roots: [further] }, async ({ paths }) => {
          const path = join(further, "b.png");
          assert.equal(await paths.readable(path), path);
          for (const none of ["b.png", "/b.png", "wxfile://usr/b.png"]) {
            assert.equal((await failureOf(() => paths.readable(none))).code, "SOURCE");
          }
        });
      } finally {
        process.cwd = cwd;
      }
    });

    it("have no file in a missing folder, which does not open the others", () =>
      within(
        async ({ paths }) => {
          assert.equal((await failureOf(() => paths.readable("/images/a.png"))).code, "SOURCE");
          const path = join(further, "b.png");
          assert.equal(await paths.readable(path), path);
        },
        { root: join(base, "missing"), page: undefined },
      ));
  });

  describe("a file that is swapped after the check", () => {
    it("is not read: a link replaces the file or its folder", () =>
      within(async ({ paths, pictures }) => {
        const swap = async (put: () => void, path: string) => {
          const checked = paths.find;
          paths.find = function* (given) {
            const real = yield* checked(given);
            put();
            return real;
          };
          const failure = await failureOf(() => pictures.load(path));
          paths.find = checked;
          assert.equal(failure.code, "SOURCE");
        };
        const user = userDirectory(paths);
        await writeFile(join(user, "secret.png"), png);
        await swap(() => {
          rmSync(join(user, "secret.png"));
          symlinkSync(join(outside, "secret.png"), join(user, "secret.png"));
        }, "wxfile://usr/secret.png");
        await mkdir(join(user, "a"));
        await writeFile(join(user, "a/secret.png"), png);
        await swap(() => {
          rmSync(join(user, "a"), { recursive: true });
          symlinkSync(outside, join(user, "a"));
        }, "wxfile://usr/a/secret.png");
      }));
  });

  describe("that may be written", () => {
    it("lie in the user and temp directories, existing or not", () =>
      within(async ({ paths, directory }) => {
        const user = join(await paths.writable("wxfile://usr"), "new.txt");
        assert.equal(await paths.writable("wxfile://usr/new.txt"), user);
        assert.equal(
          placeSync(paths, "wxfile://usr/a/b/c.txt"),
          join(userDirectory(paths), "a/b/c.txt"),
        );
        assert.equal(
          placeSync(paths, "wxfile://store_1"),
          join(runSync(paths.savedDirectory()), "store_1"),
        );
        const temp = join(directory.pathSync(), "tmp_1.png");
        assert.equal(await paths.writable("wxfile://tmp_1.png"), temp);
        assert.equal(await paths.writable(temp), temp);
        assert.equal(await paths.writable(pathToFileURL(temp).href), temp);
      }));

    it("lie nowhere else, and never behind a link", () =>
      within(async ({ paths }) => {
        const user = userDirectory(paths);
        await symlink(join(outside, "new.txt"), join(user, "dangling"));
        await symlink(join(outside, "secret.png"), join(user, "link"));
        await symlink(outside, join(user, "folder"));
        for (const path of [
          "/images/a.png",
          "page.png",
          join(root, "new.txt"),
          join(further, "new.txt"),
          join(outside, "new.txt"),
          "/tmp/new.txt",
          "wxfile://usr/dangling",
          "wxfile://usr/dangling/a",
          "wxfile://usr/link",
          "wxfile://usr/folder/new.txt",
          "wxfile://usr/folder/deep/new.txt",
          "wxfile://usr/../../new.txt",
          "wxfile://usr/../new.txt",
          "wxfile://other/new.txt",
          `${user}/../../new.txt`,
          "wxfile://usr/a\0b",
          "",
        ]) {
          assert.equal((await failureOf(() => paths.writable(path))).code, "SOURCE", path);
          assert.equal((await failureOf(() => placeSync(paths, path))).code, "SOURCE", path);
        }
        assert.deepEqual(await readFile(join(outside, "secret.png")), png);
      }));
  });

  it("may be in the user directory for releaseFile and resolvePath", async () => {
    const host = createHost({ tempDir: base });
    host.createCanvas("a", 5, 5);
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
    const user = join(tempFilePath, "../usr");
    await mkdir(user);
    await writeFile(join(user, "a.txt"), "");
    await symlink(outside, join(user, "out"));
    assert.equal(host.resolvePath("wxfile://usr/a.txt"), join(user, "a.txt"));
    await host.releaseFile("wxfile://usr/a.txt");
    await assert.rejects(readFile(join(user, "a.txt")), { code: "ENOENT" });
    for (const path of ["wxfile://usr/out/secret.png", "wxfile://usr/../../outside/secret.png"]) {
      assert.equal((await failureOf(() => host.releaseFile(path))).code, "INVALID");
    }
    assert.deepEqual(await readFile(join(outside, "secret.png")), png);
    await host.dispose();
  });

  it("are resolved in the user directory before the first export", async () => {
    const host = createHost({ tempDir: base });
    for (const path of ["wxfile://tmp_0.png", "wxfile://store_0", "a.png"]) {
      assert.equal((await failureOf(() => host.resolvePath(path))).code, "INVALID");
    }
    const path = host.resolvePath("wxfile://usr/a.png");
    await writeFile(path, png);
    assert.equal(
      await host.wx.getImageInfo({ src: "wxfile://usr/a.png" }).then(({ width }) => width),
      3,
    );
    for (const out of ["wxfile://usr/../../outside/secret.png", "wxfile://usr/"]) {
      assert.equal((await failureOf(() => host.resolvePath(out))).code, "INVALID");
    }
    await host.dispose();
    await assert.rejects(readFile(path), { code: "ENOENT" });
  });

  const wrong: [HostOptions, RegExp][] = [
    [{ root: "" }, /root: expected a path, got ""$/],
    [{ root: "a\0b" }, /root: expected a path, got "a\\u0000b"$/],
    [
      { root: "/srv", page: "../elsewhere" },
      /page: expected a folder or a page below root, got "\.\.\/elsewhere"$/,
    ],
    [{ roots: "/srv" as never }, /roots: expected an array of paths, got "\/srv"$/],
    [{ roots: [5 as never] }, /roots\.0: expected a path, got 5$/],
  ];
  for (const [options, errMsg] of wrong) {
    it(`refuses the setting ${JSON.stringify(options)}`, async () => {
      assert.match((await failureOf(() => createHost(options))).errMsg, errMsg);
    });
  }
});
