// Files at a path of the caller: whole or absent, named by their type, with the umask's mode.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { canvasToFile, createCanvas, type Host, releaseCanvas } from "../../lib/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";

const PNG = "89504e47";
const JPEG = "ffd8ff";

async function withFolder(test: (host: Host, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spec-file-"));
  await withHost({}, async (host) => {
    const context = host.createCanvas("a", 20, 10).getContext("2d");
    context.fillRect(0, 0, 5, 5);
    await test(host, folder);
  });
}

const begins = async (path: string) => (await readFile(path)).toString("hex");

describe("canvasToFile", () => {
  const names: [string, string, string | undefined][] = [
    ["a.png", PNG, undefined],
    ["a.JPG", JPEG, undefined],
    ["a.jpeg", JPEG, "jpg"],
    ["picture", JPEG, "jpeg"],
    ["picture.data", PNG, "png"],
  ];
  for (const [name, magic, fileType] of names) {
    it(`writes ${name} in the type of its name, or as fileType ${fileType}`, () =>
      withFolder(async (host, folder) => {
        const path = join(folder, name);
        const result = await host.canvasToFile({ canvasId: "a", path, fileType });
        const type = magic === PNG ? "image/png" : "image/jpeg";
        const { size, mode } = await stat(path);
        assert.deepEqual(result, { path, bytes: size, width: 20, height: 10, type });
        assert.ok((await begins(path)).startsWith(magic));
        assert.equal(mode & 0o777, 0o666 & ~process.umask());
        assert.deepEqual(await readdir(folder), [name]);
      }));
  }

  it("replaces a file or a link's target, and takes URLs", () =>
    withFolder(async (host, folder) => {
      const [path, link] = [join(folder, "a.png"), join(folder, "link.png")];
      await writeFile(path, "before");
      await symlink(path, link);
      await host.canvasToFile({ canvasId: "a", path: link });
      assert.ok((await begins(path)).startsWith(PNG));
      assert.ok((await stat(link)).isFile());
      await host.canvasToFile({ canvasId: "a", path: pathToFileURL(path) });
      await host.canvasToFile({ canvasId: "a", path: pathToFileURL(path).href, width: 5 });
      assert.deepEqual((await readdir(folder)).sort(), ["a.png", "link.png"]);
    }));

  it("leaves no file when it fails", () =>
    withFolder(async (host, folder) => {
      const aborted = AbortSignal.abort();
      const late = new AbortController();
      for (const [options, code] of [
        [{ canvasId: "a", path: join(folder, "none", "a.png") }, "ENOENT"],
        [{ canvasId: "b", path: join(folder, "a.png") }, "NOT_FOUND"],
        [{ canvasId: "a", path: join(folder, "a.png"), signal: aborted }, "ABORTED"],
        [{ canvasId: "a", path: join(folder, "a.webp"), fileType: "webp" }, "INVALID"],
        [{ canvasId: "a", path: join(folder, "a.png"), fileType: "jpg" }, "INVALID"],
        [{ canvasId: "a", path: join(folder, "a.gif") }, "INVALID"],
        [{ canvasId: "a", path: folder, fileType: "png" }, "INVALID"],
        [{ canvasId: "a", path: "" }, "INVALID"],
        [{ canvasId: "a", path: "https://example.com/a.png" }, "INVALID"],
        [{ canvasId: "a", path: 5 }, "INVALID"],
        [undefined, "INVALID"],
      ] as const) {
        const failure = await failureOf(() => host.canvasToFile(options as never));
        assert.equal(failure.code, code, failure.message);
        assert.match(failure.errMsg, /^canvasToFile: ?fail /);
      }
      const failing = failureOf(() =>
        host.canvasToFile({ canvasId: "a", path: join(folder, "a.png"), signal: late.signal }),
      );
      late.abort();
      assert.equal((await failing).code, "ABORTED");
      assert.deepEqual(await readdir(folder), []);
    }));

  it("freezes the picture at the call, and works on the default host", () =>
    withFolder(async (_, folder) => {
      const context = createCanvas("spec-file", 4, 4).getContext("2d");
      const [one, other] = [join(folder, "1.png"), join(folder, "2.png")];
      const first = canvasToFile({ canvasId: "spec-file", path: one });
      context.fillRect(0, 0, 4, 4);
      await first;
      await canvasToFile({ canvasId: "spec-file", path: other });
      assert.notDeepEqual(await begins(one), await begins(other));
      releaseCanvas("spec-file");
    }));

  it("refuses unknown file types, as canvasToBuffer does; WeChat makes them PNG", () =>
    withFolder(async (host) => {
      const failure = await failureOf(() =>
        host.canvasToBuffer({ canvasId: "a", fileType: "webp" }),
      );
      assert.equal(
        failure.errMsg,
        'canvasToBuffer:fail fileType: expected "png" or "jpg", got "webp"',
      );
      const { tempFilePath } = await host.wx.canvasToTempFilePath({
        canvasId: "a",
        fileType: "webp",
      });
      assert.match(tempFilePath, /\.png$/);
      for (const fileType of ["", null, undefined, "JPEG"] as string[]) {
        await host.canvasToBuffer({ canvasId: "a", fileType });
      }
      assert.equal((await failureOf(() => host.canvasToBuffer(5 as never))).code, "INVALID");
    }));
});
