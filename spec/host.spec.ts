// A host: its settings, its end, the default host, and the export to memory.
import assert from "node:assert/strict";
import fs, { existsSync } from "node:fs";
import fsPromises, { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as library from "../lib/index.ts";
import { createHost, type Host, type HostOptions } from "../lib/index.ts";
import { drawn, failureOf, withHost } from "./support/hosts.ts";
import { assertPixel, decode } from "./support/pictures.ts";
import { withStub } from "./support/stubs.ts";

describe("createHost", () => {
  const wrong: [unknown, RegExp][] = [
    [5, /^createHost:fail options: expected an object, got 5$/],
    [{ pixelRatio: 0 }, /pixelRatio: expected a finite number above 0, got 0$/],
    [{ pixelRatio: -2 }, /pixelRatio: .* got -2$/],
    [{ pixelRatio: Number.NaN }, /pixelRatio: .* got NaN$/],
    [{ pixelRatio: Number.POSITIVE_INFINITY }, /pixelRatio: .* got Infinity$/],
    [{ pixelRatio: "2" }, /pixelRatio: .* got "2"$/],
    [{ pixelratio: 2 }, /"pixelratio": not one of the settings \(pixelRatio, /],
    [{ jpegBackground: "blurple" }, /jpegBackground: expected a CSS colour, got "blurple"$/],
    [{ jpegBackground: 5 }, /jpegBackground: expected a CSS colour, got 5$/],
    [{ tempDir: "" }, /tempDir: expected a path, got ""$/],
    [{ tempDir: 5 }, /tempDir: expected a path, got 5$/],
    [
      { tempFilePaths: "relative" },
      /tempFilePaths: expected "absolute" or "wxfile", got "relative"$/,
    ],
    [{ compression: "none" }, /compression: expected "default", "fast" or "small", got "none"$/],
    [{ limits: { maxside: 5 } }, /limits: "maxside" is not one of the settings$/],
    [{ limits: 5 }, /limits: expected an object, got 5$/],
    [
      { limits: { maxSide: 0 } },
      /limits\.maxSide: expected a whole number from 1 to 536870911, got 0$/,
    ],
    [{ limits: { maxSide: 1.5 } }, /limits\.maxSide: .* got 1\.5$/],
    [{ limits: { maxPixels: 2 ** 29 } }, /limits\.maxPixels: .* got 536870912$/],
    [{ limits: { maxPixels: "many" } }, /limits\.maxPixels: .* got "many"$/],
    [{ onError: "log" }, /onError: expected a function, got "log"$/],
  ];
  for (const [options, errMsg] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const failure = await failureOf(() => createHost(options as HostOptions));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, errMsg);
    });
  }

  for (const jpegBackground of [
    "#abc",
    "red",
    "rgb(1 2 3 / 50%)",
    "hsl(10 20% 30%)",
    "transparent",
    "#000001",
    "#000002",
  ]) {
    it(`accepts ${jpegBackground} as a colour`, () => withHost({ jpegBackground }, () => {}));
  }

  it("has the defaults without settings", async () => {
    for (const none of [undefined, null]) {
      const host = createHost(none as never);
      assert.equal(host.createCanvas("a", 5, 5).width, 5);
      await host.dispose();
    }
  });

  it("treats undefined settings as omitted", () =>
    withHost({ pixelRatio: undefined, limits: { maxSide: undefined as never } }, async (host) => {
      host.createCanvas("a", 5, 5);
      assert.equal((await host.canvasToBuffer({ canvasId: "a" })).width, 5);
    }));
});

describe("the wx of a host", () => {
  const isMade = (host: Host) => Object.getOwnPropertyDescriptor(host, "wx")?.get === undefined;

  it("is made when it is first read, and stays the same", () =>
    withHost({}, (host) => {
      assert.equal(isMade(host), false);
      const { wx } = host;
      assert.equal(host.wx, wx);
      assert.equal(isMade(host), true);
    }));

  describe("in jest, whose resets would load another copy's", () => {
    before(() => {
      process.env.JEST_WORKER_ID = "1";
    });
    after(() => {
      delete process.env.JEST_WORKER_ID;
    });

    it("is made at once", () => withHost({}, (host) => assert.equal(isMade(host), true)));

    it("is made at once for the default host, too", async () => {
      const made: unknown[] = [];
      const replace = (get: typeof Reflect.get) => (target: object, key: PropertyKey) => {
        if (key === "wx") made.push(target);
        return get(target, key);
      };
      // Another instance of the module, which loads now.
      const again = "../lib/default-host.ts?jest";
      await withStub(Reflect, "get", replace as never, () => import(again));
      assert.equal(made.length, 1);
    });
  });
});

describe("markAsPage", () => {
  it("makes an object stand for the page as a component argument", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 4, height: 4 });
      const page = host.markAsPage({
        draw() {
          const context = host.wx.createCanvasContext("a", this);
          context.fillRect(0, 0, 4, 4);
          return new Promise<void>((resolve) => context.draw(false, () => resolve()));
        },
        save() {
          return host.wx.canvasToTempFilePath({ canvasId: "a" }, this);
        },
      });
      await page.draw();
      assert.equal((await page.save()).errMsg, "canvasToTempFilePath:ok");
      const other = await failureOf(() => host.canvasToBuffer({ canvasId: "a" }, {}));
      assert.equal(other.code, "NOT_FOUND");
      for (const value of [null, 5, undefined]) {
        const failure = await failureOf(() => host.markAsPage(value as never));
        assert.match(failure.errMsg, /^markAsPage:fail instance: expected an object, got/);
      }
    }));
});

describe("page", () => {
  it("is a folder, or the path of a page in it", async () => {
    const root = await mkdtemp(join(tmpdir(), "spec-root-"));
    const folder = join(root, "pages/poster");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "poster.wxml"), "");
    await writeFile(join(folder, "a.txt"), "here");
    for (const page of [
      "pages/poster",
      "/pages/poster",
      "pages/poster/poster",
      "/pages/poster/poster",
    ]) {
      await withHost({ root, page }, ({ wx }) => {
        const text = wx.getFileSystemManager().readFileSync("a.txt", "utf8");
        assert.equal(text, "here", page);
      });
    }
    await rm(root, { recursive: true });
  });
});

describe("canvasToBuffer", () => {
  it("names the canvas's size in the units of a region outside of it", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 10, height: 20 });
      const failure = await failureOf(() => host.canvasToBuffer({ canvasId: "a", x: 15 }));
      assert.equal(failure.code, "EMPTY_REGION");
      assert.match(
        failure.errMsg,
        /the region lies outside of the canvas of 10 × 20 logical, 20 × 40 pixels: x 15,/,
      );
    }));

  it("returns the bytes, their size and type", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      drawn(host.createCanvas("a", 10, 20), (context) => context.fillRect(0, 0, 10, 20));
      for (const [fileType, type, format] of [
        ["png", "image/png", "png"],
        ["jpg", "image/jpeg", "jpeg"],
      ] as const) {
        const result = await host.canvasToBuffer({ canvasId: "a", fileType });
        assert.deepEqual(Object.keys(result).sort(), ["data", "height", "type", "width"]);
        assert.ok(Buffer.isBuffer(result.data));
        assert.deepEqual([result.width, result.height, result.type], [20, 40, type]);
        const picture = await decode(result.data);
        assert.deepEqual([picture.format, picture.width, picture.height], [format, 20, 40]);
        assertPixel(picture.at(5, 5), [0, 0, 0, 255]);
      }
    }));

  it("always returns a promise, and ignores callbacks", () =>
    withHost({}, async (host) => {
      host.createCanvas("a", 5, 5);
      const never = () => assert.fail("called");
      const callbacks = { success: never, fail: never, complete: never };
      assert.equal((await host.canvasToBuffer({ canvasId: "a", ...callbacks })).width, 5);
      const failure = await failureOf(() => host.canvasToBuffer({ canvasId: "b", ...callbacks }));
      assert.equal(failure.errMsg, "canvasToBuffer:fail canvas is empty");
      assert.match(failure.message, /no canvas on the page has the canvasId "b"/);
    }));

  it("returns the bytes that canvasToTempFilePath stores", () =>
    withHost({}, async (host) => {
      const { readFile } = await import("node:fs/promises");
      host.createCanvas("a", 5, 5);
      const { data } = await host.canvasToBuffer({ canvasId: "a" });
      const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
      assert.ok(data.equals(await readFile(tempFilePath)));
    }));
});

describe("dispose", () => {
  it("can be called again after the directory could not be removed", async () => {
    const host = createHost();
    host.createCanvas("a", 5, 5);
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
    const held = Object.assign(new Error("held"), { code: "EBUSY" });
    const fails = () => async () => {
      throw held;
    };
    const throws = () => () => {
      throw held;
    };
    await withStub(fs, "unlinkSync", throws, () =>
      withStub(fsPromises, "unlink", fails, () =>
        withStub(fsPromises, "rm", fails, () => assert.rejects(host.dispose(), held)),
      ),
    );
    assert.throws(() => host.createCanvas("b", 5, 5), { code: "DISPOSED" });
    assert.equal(existsSync(tempFilePath), true);
    await host.dispose();
    assert.equal(existsSync(tempFilePath), false);
  });

  it("waits for draws and exports under way; later calls fail with DISPOSED", async () => {
    const host = createHost({ onError: () => assert.fail("unexpected") });
    host.createCanvas("a", 200, 200);
    const { wx } = host;
    const exports = Array.from({ length: 10 }, () => host.canvasToBuffer({ canvasId: "a" }));
    let settled = 0;
    for (const promise of exports) promise.then(() => settled++);
    const disposal = host.dispose();
    for (const call of [
      () => host.createCanvas("b", 5, 5),
      () => host.registerCanvas("b", library.createCanvas("spec-dispose", 5, 5)),
      () => host.mountCanvas({ canvasId: "b", width: 5, height: 5 }),
      () => host.releaseCanvas("a"),
      () => host.resolvePath("a"),
      () => host.releaseFile("a"),
      () => host.canvasToBuffer({ canvasId: "a" }),
      () => host.canvasToTempFilePath({ canvasId: "a" }),
      () => wx.canvasToTempFilePath({ canvasId: "a" }),
    ]) {
      const failure = await failureOf(call);
      assert.match(failure.errMsg, /^\w+:fail the host has been disposed$/);
      assert.equal(failure.code, "DISPOSED");
    }
    library.releaseCanvas("spec-dispose");
    await disposal;
    assert.equal(settled, 10);
    assert.equal(host.dispose(), disposal);
  });

  it("releases the canvases of components, too; their handles no longer resize", async () => {
    const host = createHost();
    const component = {};
    const canvas = host.createCanvas("a", 5, 5, { component });
    const handle = host.mountCanvas({ canvasId: "b", width: 5, height: 5, component });
    await host.dispose();
    assert.equal(canvas.width, 0);
    assert.equal((await failureOf(() => handle.resize(9, 9))).code, "DISPOSED");
  });

  it("is called by await using", async () => {
    const host = createHost();
    const canvas = host.createCanvas("a", 5, 5);
    await host[Symbol.asyncDispose]();
    assert.equal(canvas.width, 0);
    assert.equal((await failureOf(() => host.createCanvas("a", 5, 5))).code, "DISPOSED");
  });
});

describe("the module's own functions", () => {
  it("are those of one default host", async () => {
    drawn(library.createCanvas("poster", 10, 10), (context) => context.fillRect(0, 0, 10, 10));
    const { data, width } = await library.canvasToBuffer({ canvasId: "poster" });
    assert.equal(width, 10);
    assertPixel((await decode(data)).at(0, 0), [0, 0, 0, 255]);
    for (const call of [library.canvasToTempFilePath, library.wx.canvasToTempFilePath]) {
      const { tempFilePath } = await call({ canvasId: "poster" });
      assert.equal(library.resolvePath(tempFilePath), tempFilePath);
      await library.releaseFile(tempFilePath);
    }
    library.releaseCanvas("poster");
    const { unmount } = library.mountCanvas({ canvasId: "poster", width: 5, height: 5 });
    unmount();
    await withHost({}, async (host) => {
      library.registerCanvas("poster", host.createCanvas("poster", 5, 5));
      library.releaseCanvas("poster");
    });
  });

  it("have a wx of WeChat's shape alone, whose functions can be replaced", () =>
    withHost({}, ({ wx }) => {
      assert.equal(Object.getPrototypeOf(wx), Object.prototype);
      for (const name of ["mountCanvas", "dispose", "request", "createWebGLContext"]) {
        assert.equal((wx as unknown as Record<string, unknown>)[name], undefined);
      }
      const replacement = () => undefined;
      wx.canvasToTempFilePath = replacement as never;
      assert.equal(wx.canvasToTempFilePath, replacement);
    }));
});
