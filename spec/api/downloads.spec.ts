// wx.getImageInfo and wx.downloadFile: facts about pictures, and downloads.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import type { HostOptions } from "../../lib/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";

const plain = sharp({ create: { width: 6, height: 4, channels: 3, background: "#f00" } });

describe("downloads", () => {
  let root: string;
  let server: Server;
  let origin: string;
  let allowed: HostOptions;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "spec-"));
    for (let orientation = 1; orientation <= 8; orientation++) {
      const jpeg = plain.clone().jpeg().withMetadata({ orientation });
      await writeFile(join(root, `${orientation}.jpg`), await jpeg.toBuffer());
    }
    await writeFile(join(root, "a.png"), await plain.clone().png().toBuffer());
    await writeFile(join(root, "a.gif"), await plain.clone().gif().toBuffer());
    await writeFile(join(root, "a.webp"), await plain.clone().webp().toBuffer());
    await writeFile(join(root, "a.txt"), "text");
    server = createServer(async (request, response) => {
      const name = request.url?.slice(1) ?? "";
      const body = await readFile(join(root, name)).catch(() => undefined);
      response.writeHead(
        body ? 200 : 404,
        name.endsWith("png") ? { "content-type": "image/png" } : {},
      );
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    allowed = { root, images: { remote: true, privateOrigins: [origin] } };
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(root, { recursive: true, force: true });
  });

  describe("getImageInfo", () => {
    const orientations = [
      "up",
      "up-mirrored",
      "down",
      "down-mirrored",
      "left-mirrored",
      "right",
      "right-mirrored",
      "left",
    ];
    for (const [i, orientation] of orientations.entries()) {
      it(`returns the orientation ${orientation}, which does not change the size`, () =>
        withHost({ root }, async ({ wx }) => {
          const src = `/${i + 1}.jpg`;
          assert.deepEqual(await wx.getImageInfo({ src }), {
            width: 6,
            height: 4,
            orientation,
            type: "jpeg",
            path: `${i + 1}.jpg`,
            errMsg: "getImageInfo:ok",
          });
        }));
    }

    for (const [name, type] of [
      ["a.png", "png"],
      ["a.gif", "gif"],
      ["a.webp", "unknown"],
    ]) {
      it(`returns the type of ${name}`, () =>
        withHost({ root }, async ({ wx }) => {
          assert.equal((await wx.getImageInfo({ src: `/${name}` })).type, type);
        }));
    }

    it("returns the path of a package file from the root, as WeChat does: code draws '/' + path", () =>
      withHost({ root: dirname(root), page: basename(root) }, async ({ wx }) => {
        const path = `${basename(root)}/a.png`;
        for (const src of [`/${path}`, path, "a.png", "./a.png", `../${path}`]) {
          assert.equal((await wx.getImageInfo({ src })).path, path, src);
          assert.equal((await wx.getImageInfo({ src: `/${path}` })).width, 6);
        }
        // A real path, and a file URL, are of the server.
        const real = join(root, "a.png");
        for (const src of [real, pathToFileURL(real).href]) {
          assert.equal((await wx.getImageInfo({ src })).path, src);
        }
      }));

    it("returns the path of a file that lies in a further root as it was given", async () => {
      const folder = await mkdtemp(join(tmpdir(), "spec-"));
      await symlink(root, join(folder, "shared"));
      await withHost({ root: folder, roots: [root] }, async ({ wx }) => {
        assert.equal((await wx.getImageInfo({ src: "/shared/a.png" })).path, "/shared/a.png");
      });
      await rm(folder, { recursive: true });
    });

    it("returns a local path for a remote picture, which every function takes", () =>
      withHost({ ...allowed, tempFilePaths: "wxfile" }, async (host) => {
        const { wx } = host;
        const { path, width } = await wx.getImageInfo({ src: `${origin}/a.png` });
        assert.match(path, /^wxfile:\/\/tmp_[0-9a-f]{32}\.png$/);
        assert.equal(width, 6);
        assert.equal((await wx.getImageInfo({ src: path })).path, path);
        const original = await readFile(join(root, "a.png"));
        assert.ok(original.equals(await readFile(host.resolvePath(path))));
        const bytes = wx.getFileSystemManager().readFileSync(path) as ArrayBuffer;
        assert.ok(original.equals(Buffer.from(bytes)));
      }));

    it("takes a slash before the path of a temp file, for code that looks for :// in it", () =>
      withHost(allowed, async ({ wx }) => {
        const { path } = await wx.getImageInfo({ src: `${origin}/a.png` });
        assert.equal((await wx.getImageInfo({ src: `/${path}` })).width, 6);
        for (const src of [`//${path}`, `/${path}/../../x.png`, "//example.com/a.png"]) {
          const failure = await failureOf(() => wx.getImageInfo({ src }));
          assert.match(failure.errMsg, /network paths are not followed/, src);
        }
      }));

    it("fails for a file that is no picture, is missing, or may not be read", () =>
      withHost({ root }, async ({ wx }) => {
        for (const src of ["/a.txt", "/none.png", "/etc/hostname", `${origin}/a.png`, "", 5]) {
          const failure = await failureOf(() => wx.getImageInfo({ src: src as string }));
          assert.match(failure.errMsg, /^getImageInfo:fail /);
        }
      }));
  });

  describe("downloadFile", () => {
    it("makes a temp file of any file", () =>
      withHost(allowed, async ({ wx }) => {
        const picture = await wx.downloadFile({ url: `${origin}/a.png` });
        assert.match(picture.tempFilePath, /tmp_[0-9a-f]{32}\.png$/);
        assert.deepEqual([picture.statusCode, picture.errMsg], [200, "downloadFile:ok"]);
        const text = await wx.downloadFile({ url: `${origin}/a.txt?version=1` }).catch(String);
        assert.match(String(text), /404|SOURCE|fail/);
        const { tempFilePath } = await wx.downloadFile({ url: `${origin}/a.txt` });
        assert.equal(await readFile(tempFilePath, "utf8"), "text");
      }));

    it("saves to filePath, in the user directory only", () =>
      withHost(allowed, async ({ wx }) => {
        const filePath = `${wx.env.USER_DATA_PATH}/kept.png`;
        const result = await wx.downloadFile({ url: `${origin}/a.png`, filePath });
        assert.deepEqual([result.filePath, result.tempFilePath], [filePath, undefined]);
        assert.equal((await wx.getImageInfo({ src: filePath })).width, 6);
        const outside = { url: `${origin}/a.png`, filePath: "/images/kept.png" };
        await failureOf(() => wx.downloadFile(outside));
      }));

    it("returns a task that reports progress", () =>
      withHost(allowed, async ({ wx }) => {
        const received: string[] = [];
        await new Promise<void>((resolve) => {
          const task = wx.downloadFile({
            url: `${origin}/a.png`,
            success: ({ statusCode }) => received.push(`success ${statusCode}`),
            complete: () => resolve(),
          });
          assert.equal((task as unknown as Promise<unknown>).then, undefined);
          task.onProgressUpdate(({ progress }) => received.push(`progress ${progress}`));
          task.onHeadersReceived(() => {});
          task.offHeadersReceived();
        });
        assert.deepEqual(received, ["progress 100", "success 200"]);
      }));

    it("calls no listener that was removed", () =>
      withHost(allowed, async ({ wx }) => {
        const received: string[] = [];
        const [a, b] = [() => received.push("a"), () => received.push("b")];
        const one = wx.downloadFile({ url: `${origin}/a.png` });
        one.onProgressUpdate(a);
        one.onProgressUpdate(b);
        one.offProgressUpdate(a);
        await one;
        const all = wx.downloadFile({ url: `${origin}/a.png` });
        all.onProgressUpdate(a);
        all.onProgressUpdate(b);
        all.offProgressUpdate();
        await all;
        assert.deepEqual(received, ["b"]);
      }));

    for (const [name, extension] of [
      ["a.txt", "txt"],
      ["a.PNG.TXT", "txt"],
      ["plain", "unknown"],
      ["a.toolong", "unknown"],
      ["a.t-t", "unknown"],
    ] as const) {
      it(`names a file called ${name} without a type .${extension}`, async () => {
        await writeFile(join(root, name), "text");
        await withHost(allowed, async ({ wx }) => {
          const { tempFilePath } = await wx.downloadFile({ url: `${origin}/${name}` });
          assert.equal(extname(tempFilePath), `.${extension}`);
        });
      });
    }

    it("can be aborted", () =>
      withHost(allowed, async ({ wx }) => {
        const failure = await new Promise<Error & { errMsg?: string }>((resolve) => {
          const task = wx.downloadFile({ url: `${origin}/a.png`, fail: resolve });
          task.abort();
        });
        assert.equal(failure.errMsg, "downloadFile:fail abort");
      }));

    it("fails when the host does not allow it", () =>
      withHost({ root }, async ({ wx }) => {
        const failure = await failureOf(() => wx.downloadFile({ url: `${origin}/a.png` }));
        assert.match(failure.errMsg, /^downloadFile:fail /);
        assert.equal(failure.code, "SOURCE");
        await failureOf(() => wx.downloadFile({} as never));
        await failureOf(() => wx.downloadFile(undefined as never));
      }));
  });
});
