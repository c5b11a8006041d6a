// Pictures at their bounds: too many at once, too late, released, and without a helper.
import assert from "node:assert/strict";
import childProcess, { type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Module, syncBuiltinESMExports } from "node:module";
import { createCanvas, Image } from "@napi-rs/canvas";
import sharp from "sharp";
import type { Args } from "../../lib/canvas/record/calls.ts";
import { setConcurrency } from "../../lib/concurrency.ts";
import { renderSizes } from "../../lib/context/drawn-size.ts";
import { inspect } from "../../lib/images/inspect.ts";
import { inTurn, keptPicture, sweepStale } from "../../lib/images/memory.ts";
import type { PictureFile, Pictures } from "../../lib/images/picture.ts";
import { decode, fileOfEmpty, releasePixels } from "../../lib/images/pixels.ts";
import { boundedSize, type Rendering } from "../../lib/images/render.ts";
import { needPixels, withPixels } from "../../lib/images/revive.ts";
import { ask, stop, unavailable } from "../../lib/images/svg/helper.ts";
import { run, runSync } from "../../lib/procedure.ts";
import { serve, withAssets } from "../support/assets.ts";
import {
  emptyPng,
  pngChunk,
  riff,
  svgOf,
  webpChunk,
  webpHead,
} from "../support/hostile-pictures.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { BLOCK_MS, measured } from "../support/measured.ts";
import { LINUX, needs } from "../support/promises.ts";

const DEFAULTS = { imagePixels: 67_108_864, imageCacheBytes: 67_108_864 };
let number = 1000;
/** An SVG that no other test uses. */
const fresh = (content = "") => svgOf(content, `width="${++number}" height="9"`);
const uri = (bytes: Buffer) => `data:image/svg+xml;base64,${bytes.toString("base64")}`;

function withMember<T>(object: object, name: string, value: unknown, test: () => Promise<T>) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return test().finally(() => {
    if (before) Object.defineProperty(object, name, before);
    else Reflect.deleteProperty(object, name);
  });
}

describe("pictures at their bounds", () => {
  afterEach(() => setConcurrency(DEFAULTS));

  it("fail with TOO_LARGE beyond imagePixels, alone and together", () =>
    withAssets({}, async ({ pictures }) => {
      setConcurrency({ imagePixels: 500 });
      const { code, errMsg } = await failureOf(() => pictures.load(emptyPng(30, 30, 1)));
      assert.equal(code, "TOO_LARGE");
      assert.match(errMsg, /imagePixels allows 500 pixels .* they take 900$/);
      const opened = await Promise.all([2, 3].map((i) => pictures.open(emptyPng(20, 20, i))));
      const codes = await pictures.withDecoded(opened, (decoded) =>
        decoded.map((one) => ("code" in one ? one.code : "drawn")),
      );
      assert.deepEqual(codes, ["drawn", "TOO_LARGE"]);
    }));

  it("are left out when they wait too long; cached ones are drawn", () =>
    withAssets({ images: { timeout: 100 } }, async ({ pictures }) => {
      const [kept, late] = [emptyPng(4, 4, 10), emptyPng(4, 4, 11)];
      await pictures.load(kept);
      const opened = await Promise.all([kept, late].map((bytes) => pictures.open(bytes)));
      let end = () => {};
      const busy = inTurn(
        () =>
          new Promise<void>((resolve) => {
            end = resolve;
          }),
      );
      const reasons = await pictures.withDecoded(opened, (decoded) =>
        decoded.map((one) => ("code" in one ? one.reason : "drawn")),
      );
      end();
      await busy;
      assert.deepEqual(reasons, ["drawn", "it waited longer than images.timeout for its turn"]);
    }));

  it("are cached beside others, and released when they were not drawn for a minute", () =>
    withAssets({}, async ({ pictures }) => {
      const [kept, other] = [emptyPng(4, 4, 14), emptyPng(5, 5, 15)];
      const image = (await pictures.load(kept)) as Image;
      const opened = await Promise.all([kept, other].map((bytes) => pictures.open(bytes)));
      const decoded = await pictures.withDecoded(opened, (decoded) => decoded);
      assert.equal(decoded[0], image);
      assert.equal((decoded[1] as Image).width, 5);
      // Now the cache alone holds its pixels.
      releasePixels(image);
      sweepStale();
      const { key } = opened[0] as PictureFile;
      assert.equal(keptPicture(key)?.image, image);
      // The cache reads the clock once a millisecond.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const later = performance.now() + 61_000;
      const now = () => later;
      await withMember(performance, "now", now, async () => sweepStale());
      assert.equal(keptPicture(key), undefined);
      assert.ok(fileOfEmpty(image));
    }));

  it("are released when they come later than their deadline", () =>
    withAssets({ images: { timeout: 30 } }, async ({ pictures }) => {
      const own = Image.prototype.decode;
      let image: Image | undefined;
      let goOn = () => {};
      const slow = function (this: Image) {
        image = this;
        const waited = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return waited.then(() => own.call(this));
      };
      const bytes = emptyPng(40, 30, 19);
      const { code, errMsg } = await withMember(Image.prototype, "decode", slow, () =>
        failureOf(() => pictures.load(bytes)),
      );
      assert.equal(code, "SOURCE");
      assert.match(errMsg, /it waited longer than images.timeout for its turn$/);
      goOn();
      // The next one is decoded after it.
      assert.equal((await pictures.load(emptyPng(3, 3, 20))).width, 3);
      assert.ok(image && fileOfEmpty(image));
      assert.equal(image.naturalWidth, 0);
      assert.equal(
        keptPicture(((await pictures.open(bytes)) as PictureFile).key)?.image,
        undefined,
      );
    }));

  it("are not decoded after their deadline, which would take the time of other draws", () =>
    withAssets({ images: { timeout: 60 } }, async ({ pictures }) => {
      const own = Image.prototype.decode;
      let count = 0;
      const slow = function (this: Image) {
        count++;
        return new Promise<void>((resolve) => setTimeout(resolve, 100)).then(() => own.call(this));
      };
      const opened = await Promise.all([21, 22, 23].map((i) => pictures.open(emptyPng(8, 8, i))));
      await withMember(Image.prototype, "decode", slow, async () => {
        const reasons = await pictures.withDecoded(opened, (decoded) =>
          decoded.map((one) => ("code" in one ? one.reason : "drawn")),
        );
        const late = "it waited longer than images.timeout for its turn";
        assert.deepEqual(reasons, [late, late, late]);
        // The first one ends, and the next one that is decoded comes right after it.
        await new Promise((resolve) => setTimeout(resolve, 150));
        assert.equal(count, 1);
      });
      assert.equal((await pictures.load(emptyPng(3, 3, 24))).width, 3);
    }));

  it("are decoded one at a time, whichever hosts and images ask for them", async () => {
    const own = Image.prototype.decode;
    let [active, most, count] = [0, 0, 0];
    const counting = function (this: Image) {
      most = Math.max(most, ++active);
      count++;
      return own.call(this).finally(() => {
        active--;
      });
    };
    const load = (i: number) => withHost({}, (host) => host.loadImage(emptyPng(200, 200, 200 + i)));
    await withMember(Image.prototype, "decode", counting, () =>
      Promise.all([1, 2, 3, 4, 5, 6].map(load)),
    );
    assert.deepEqual([count, most], [6, 1]);
  });

  it("are not given to a host whose maxBytes is smaller, from a URL that another fetched", async () => {
    const png = Buffer.concat([emptyPng(4, 4, 16), Buffer.alloc(5000)]);
    const server = await serve((_, response) => response.end(png));
    const images = { remote: true, privateOrigins: [server.origin] };
    const from = (maxBytes: number) =>
      withAssets({ images: { ...images, maxBytes } }, ({ pictures }) =>
        pictures.load(`${server.origin}/a.png`).then(
          ({ width }) => width,
          ({ errMsg }) => errMsg as string,
        ),
      );
    try {
      assert.equal(await from(10_000), 4);
      assert.match(String(await from(1000)), /it has more than 1000 bytes$/);
      assert.equal(server.connections(), 1);
    } finally {
      await server.close();
    }
  });

  it("pass on what the work throws, and continue with the next", () =>
    withAssets({}, async ({ pictures }) => {
      const opened = await pictures.open(emptyPng(4, 4, 12));
      const thrown = pictures.withDecoded([opened], () => {
        throw new Error("by work");
      });
      await assert.rejects(thrown, /by work/);
      assert.equal((await pictures.load(emptyPng(4, 4, 13))).width, 4);
    }));

  it("are decoded again for an enlarged export after they were released", () =>
    withHost({}, async (host) => {
      const fine = createCanvas(64, 64);
      for (let i = 0; i < 64; i += 2) fine.getContext("2d").fillRect(i, 0, 1, 64);
      const png = fine.toBuffer("image/png");
      const shown: string[] = [];
      for (const imageCacheBytes of [10_000_000, 0]) {
        setConcurrency({ imageCacheBytes });
        host.mountCanvas({ canvasId: "a", width: 32, height: 32 });
        const context = host.wx.createCanvasContext("a");
        context.drawImage(
          Buffer.concat([png, Buffer.from(`${imageCacheBytes}`)]) as never,
          0,
          0,
          32,
          32,
        );
        await new Promise((resolve) => context.draw(false, resolve as () => void));
        const { data } = await host.canvasToBuffer({
          canvasId: "a",
          destWidth: 64,
          destHeight: 64,
        });
        shown.push(data.toString("base64"));
      }
      assert.equal(shown[1], shown[0]);
      setConcurrency({ imagePixels: 100 });
      const asked = host.canvasToBuffer({ canvasId: "a", destWidth: 96, destHeight: 96 });
      assert.equal((await failureOf(() => asked)).code, "TOO_LARGE");
    }));

  it("are exported enlarged as before after a draw that took all of imagePixels", () =>
    withHost({}, async (host) => {
      setConcurrency({ imagePixels: 90_000 });
      const pictureOf = (side: number) => {
        const source = createCanvas(side, side);
        for (let i = 0; i < side; i += 13) source.getContext("2d").fillRect(i, i, 5, side);
        return source.toBuffer("image/png");
      };
      const draw = async (canvasId: string, side: number) => {
        host.mountCanvas({ canvasId, width: 32, height: 32 });
        const context = host.wx.createCanvasContext(canvasId);
        context.drawImage(pictureOf(side), 0, 0, 32, 32);
        await new Promise((resolve) => context.draw(false, resolve as () => void));
      };
      const enlarged = () => host.canvasToBuffer({ canvasId: "p", destWidth: 96, destHeight: 96 });
      await draw("p", 200);
      const before = await enlarged();
      await draw("q", 300);
      assert.deepEqual((await enlarged()).data, before.data);
    }));

  it("are decoded again for an enlarged export only when their pixels were released", async () => {
    const open = (pictures: Pictures, i: number) =>
      pictures.open(emptyPng(6, 6, i)) as Promise<PictureFile>;
    await withAssets({}, async ({ pictures }) => {
      const [gone, held] = await Promise.all([
        decode(await open(pictures, 17)),
        decode(await open(pictures, 18)),
      ]);
      releasePixels(gone);
      assert.equal(needPixels([held]), false);
      assert.equal(needPixels([gone, held]), true);
      const widths = () => [gone, held].map((image) => image.width);
      assert.deepEqual(await withPixels([gone, held], async () => widths()), [6, 6]);
      assert.equal(needPixels([gone]), true);
      assert.equal(needPixels([held]), false);
    });
  });

  it("have the size of the picture that fills a drawing's images", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ id: "n", type: "2d", width: 9, height: 9 });
      type Node = { createImage(): Record<string, unknown> };
      const node = await new Promise<Node>((resolve) => {
        const found = ({ node }: { node: Node }) => resolve(node);
        host.wx
          .createSelectorQuery()
          .select("#n")
          .node(found as never)
          .exec();
      });
      const image = node.createImage();
      for (const [bytes, width] of [
        [svgOf("", 'width="7" height="5"'), 7],
        [emptyPng(12, 5), 12],
      ] as const) {
        image.src = `data:;base64,${bytes.toString("base64")}`;
        await (image.decode as () => Promise<void>)();
        assert.deepEqual([image.width, image.naturalWidth], [width, width]);
      }
    }));

  describe("pictures without a helper", () => {
    const refused = (why: RegExp) =>
      withAssets({}, async ({ pictures }) => {
        stop();
        const { errMsg } = await failureOf(() => pictures.load(uri(fresh())));
        assert.match(errMsg, why);
      });

    it("refuse foreign SVGs, and draw the program's own", () =>
      withMember(process, "permission", { has: () => false }, async () => {
        await refused(/untrusted SVGs need a process of their own, and Node's permission model/);
        await withAssets({}, async ({ pictures }) => {
          assert.equal((await pictures.load(fresh())).height, 9);
          const avif = await sharp(emptyPng(9, 8)).avif({ effort: 0 }).toBuffer();
          assert.equal((await pictures.load(avif)).height, 8);
          const { errMsg } = await failureOf(() => pictures.load(uri(Buffer.concat([avif, avif]))));
          assert.match(errMsg, /untrusted AVIFs/);
        });
      }));

    it("are refused with the reason when the engine's file is missing", () =>
      withMember(Module, "_cache", {}, async () => {
        assert.equal(unavailable(), "the engine's file is not found");
      }));

    it("are refused by a program that was started as the helper", async () => {
      process.env.WX_CANVAS_NODE_RENDERER = "1";
      try {
        await refused(/SVGs need a process of their own, and this program was started as one/);
      } finally {
        delete process.env.WX_CANVAS_NODE_RENDERER;
      }
    });

    it("are refused with the exit code of a helper that ends at once", async function () {
      needs(this, LINUX, "Linux");
      await withMember(process, "execPath", "/bin/false", () =>
        refused(/it ended the process that renders it \(exit code 1\)$/),
      );
    });

    it("are rendered by a process that gets no secrets from the environment", async function () {
      needs(this, LINUX, "Linux");
      stop();
      process.env.TRUST_SECRET = "s3cret";
      try {
        await withAssets({}, async ({ pictures }) => pictures.load(uri(fresh())));
        const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
        const environments = children
          .trim()
          .split(" ")
          .filter((pid) => /--expose-gc\0-e/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1")))
          .map((pid) => readFileSync(`/proc/${pid}/environ`, "latin1"));
        assert.ok(environments.length > 0);
        for (const environment of environments) {
          assert.doesNotMatch(environment, /s3cret/);
          assert.match(environment, /PATH=/);
          // By this it knows itself, where the executable is not Node but this program.
          assert.match(environment, /WX_CANVAS_NODE_RENDERER=1/);
        }
      } finally {
        delete process.env.TRUST_SECRET;
      }
    });

    it("fail alone when a helper is given up before it starts", async () => {
      stop();
      const request = { format: "svg", maxGrowth: 1e9, maxTime: 1000 } as const;
      const { signal } = new AbortController();
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on("unhandledRejection", note);
      try {
        const failure = await withMember(process, "execPath", "/none/node", async () => {
          const asked = failureOf(() => ask(request, fresh(), signal));
          stop();
          return asked;
        });
        assert.match(failure.errMsg, /its renderer cannot be started$/);
        await new Promise(setImmediate);
        assert.deepEqual(unhandled, []);
      } finally {
        process.off("unhandledRejection", note);
      }
    });

    it("are refused with the reason when no helper can start", () =>
      withMember(process, "execPath", "/none/node", () =>
        refused(/its renderer cannot be started$/),
      ));
  });

  it("report a helper that ends by itself, and start another one", async function () {
    needs(this, LINUX, "Linux");
    await withAssets({}, async ({ pictures }) => {
      await pictures.load(uri(fresh()));
      const children = `/proc/self/task/${process.pid}/children`;
      const slow = fresh(
        `<g>${"<use xlink:href='#a'/>".repeat(9)}</g>${'<path d="M0 0h1"/>'.repeat(60_000)}`,
      );
      const loading = failureOf(() => pictures.load(uri(slow)));
      await new Promise((resolve) => setTimeout(resolve, 60));
      for (const pid of readFileSync(children, "utf8").trim().split(" ").filter(Boolean)) {
        const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
        if (command.includes("--expose-gc\0-e")) process.kill(Number(pid), "SIGABRT");
      }
      const { code, errMsg } = await loading.catch(() => ({ code: "SOURCE", errMsg: "drawn" }));
      assert.equal(code, "SOURCE");
      assert.match(errMsg, /it ended the process that renders it \(SIGABRT\)$|^drawn$/);
      assert.equal((await pictures.load(uri(fresh()))).height, 9);
    });
  });

  it("are rendered by a new helper after one that kept much memory", async () => {
    const { spawn } = childProcess;
    const count = async (kept: string) => {
      const helpers: ChildProcess[] = [];
      const spying = (command: string, args: string[], options: SpawnOptions) => {
        const program = args.map((arg) => arg.replace("> base + 2 ** 25", kept));
        const child = spawn(command, program, options);
        helpers.push(child);
        return child;
      };
      stop();
      await withMember(childProcess, "spawn", spying, async () => {
        syncBuiltinESMExports();
        await withAssets({}, async ({ pictures }) => {
          for (const _ of [1, 2]) assert.equal((await pictures.info(uri(fresh()))).width, number);
        });
      });
      syncBuiltinESMExports();
      return helpers;
    };
    assert.equal((await count("> Infinity")).length, 1);
    const worn = await count("> 0");
    assert.equal(worn.length, 2);
    for (const helper of worn) {
      if (helper.exitCode === null && helper.signalCode === null) await once(helper, "exit");
      assert.equal(helper.signalCode, "SIGKILL");
    }
  });

  it("are rendered at the size that SVGs are drawn at", () => {
    const own = { width: 10, height: 20 };
    const endless = { width: Number.POSITIVE_INFINITY, height: 20 };
    assert.deepEqual(boundedSize(endless, own, { maxPixels: 1000 } as Rendering), own);
    const size = (...calls: [name: string, ...args: unknown[]][]) => {
      const names = calls.map(([name]) => name);
      const args = calls.map(([, ...args]) => args) as Args[];
      const sizes = renderSizes({ names, args, length: calls.length }, { x: 2, y: 2 });
      return sizes.get("a")?.(own);
    };
    assert.deepEqual(size(["drawImage", "a", 0, 0]), { width: 40, height: 80 });
    assert.deepEqual(size(["scale", 3, 1], ["drawImage", "a", 0, 0, 10, 10]), {
      width: 120,
      height: 40,
    });
    assert.deepEqual(
      size(
        ["save"],
        ["scale", 3, 3],
        ["restore"],
        ["restore"],
        ["drawImage", "a", 0, 0, 5, 5, 0, 0, 10, 10],
      ),
      { width: 80, height: 160 },
    );
    assert.deepEqual(
      size(["rotate", Math.PI / 2], ["transform", 2, 0, 0, 2], ["drawImage", "a", 0, 0, 10, 10]),
      { width: 80, height: 80 },
    );
    assert.deepEqual(
      size(
        ["setTransform", 4, 0, 0, 4],
        ["resetTransform"],
        ["drawImage", "a", 0, 0, Number.NaN, -10],
        ["drawImage", "a", 0, 0, 2000, 2000],
      ),
      { width: 4000, height: 4000 },
    );
  });

  it("are drawn in any number: the size of a drawing that is drawn 300,000 times", () => {
    const calls = 300_000;
    const names = Array<string>(calls).fill("drawImage");
    const args: Args[] = names.map((_, i) => ["a", 0, 0, i, 1]);
    const sizes = renderSizes({ names, args, length: calls }, { x: 1, y: 1 });
    assert.deepEqual(sizes.get("a")?.({ width: 9, height: 9 }), { width: 599_998, height: 2 });
  });

  it("are opened by the thousand without blocking", () =>
    withHost({}, async (host) => {
      const pictures = Array.from({ length: 4000 }, (_, i) => emptyPng(2, 2, i));
      host.mountCanvas({ canvasId: "a", width: 2, height: 2 });
      const draw = () => {
        const context = host.wx.createCanvasContext("a");
        for (const picture of pictures) context.drawImage(picture, 0, 0);
        return new Promise<{ errMsg: string }>((done) => context.draw(true, done));
      };
      await draw();
      // Now the canvas has a record of them, and the cache has them, too.
      const { result, blockMs } = await measured(draw);
      assert.equal(result.errMsg, "drawCanvas:ok");
      assert.ok(blockMs < BLOCK_MS, `${blockMs} ms`);
    }));

  it("turn a picture of 12 megapixels without blocking", () =>
    withHost({ images: { timeout: 60_000 } }, async (host) => {
      const bytes = await sharp({
        create: { width: 4000, height: 3000, channels: 3, background: "#48c" },
      })
        .withMetadata({ orientation: 6 })
        .png({ compressionLevel: 1 })
        .toBuffer();
      await host.loadImage(emptyPng(3, 3));
      const { result, blockMs } = await measured(() => host.loadImage(bytes));
      assert.deepEqual([result.width, result.height], [3000, 4000]);
      assert.ok(blockMs < BLOCK_MS, `${blockMs} ms`);
    }));

  it("leave out a caller's image that is never decoded, at the timeout", () =>
    withHost({ images: { timeout: 100 } }, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 5, height: 5 });
      const context = host.wx.createCanvasContext("a");
      const image = Object.assign(new Image(), {
        decode: () => new Promise<void>(() => {}),
      });
      context.drawImage(image, 0, 0);
      const { errMsg } = await new Promise<{ errMsg: string }>((done) => context.draw(false, done));
      assert.match(errMsg, /left out .*not loaded within 100 ms$/);
    }));

  it("walk files of many parts in steps, and refuse one of more than 200,000", async () => {
    const header = emptyPng(3, 4).subarray(0, 33);
    const chunks = Buffer.alloc(200_001 * 12, pngChunk("teXt", Buffer.alloc(0)));
    await assert.rejects(run(inspect(Buffer.concat([header, chunks]))), /the PNG .*damaged/);
    const jpeg = await sharp(emptyPng(3, 4)).jpeg().toBuffer();
    const scan = Buffer.alloc(40_000, Buffer.from([0xff, 0]));
    const long = Buffer.concat([jpeg.subarray(0, -2), scan, jpeg.subarray(-2)]);
    assert.equal((await run(inspect(long))).height, 4);
  });

  it("count the empty blocks of a GIF, and read only the first EXIF of PNG and WebP", async () => {
    const gif = await sharp(emptyPng(3, 4)).gif().toBuffer();
    const at = 13 + ((gif[10] as number & 128) ? 3 << (((gif[10] as number) & 7) + 1) : 0);
    const withEmpty = (count: number) => {
      const extensions = Buffer.alloc(count * 3, Buffer.from([0x21, 0xff, 0]));
      return Buffer.concat([gif.subarray(0, at), extensions, gif.subarray(at)]);
    };
    assert.equal((await run(inspect(withEmpty(900_000)))).height, 4);
    const { blockMs } = await measured(() =>
      assert.rejects(run(inspect(withEmpty(8_000_000))), /the GIF is damaged/),
    );
    assert.ok(blockMs < BLOCK_MS, `${blockMs} ms`);
    const exif = (orientation: number) =>
      Buffer.from([77, 77, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    const png = emptyPng(3, 4);
    const two = [3, 6].map((orientation) => pngChunk("eXIf", exif(orientation)));
    const both = Buffer.concat([png.subarray(0, 33), ...two, png.subarray(33)]);
    assert.equal((await run(inspect(both))).orientation, 3);
    const webp = (await sharp(png).webp().toBuffer()).subarray(12);
    const chunks = [3, 6].map((orientation) => webpChunk("EXIF", exif(orientation)));
    assert.equal((await run(inspect(riff(webpHead(3, 4, 8), webp, ...chunks)))).orientation, 3);
  });

  it("check trusted files in one read; parts beyond the end of a file are damage", async () => {
    assert.equal(runSync(inspect(emptyPng(3, 4))).height, 4);
    const gif = await sharp(emptyPng(3, 4)).gif().toBuffer();
    const at = 13 + ((gif[10] as number & 128) ? 3 << (((gif[10] as number) & 7) + 1) : 0);
    const comment = Buffer.concat([
      Buffer.from([0x21, 0xfe]),
      Buffer.alloc(2_100_000, Buffer.from([1, 65])),
      Buffer.alloc(1),
    ]);
    const long = Buffer.concat([gif.subarray(0, at), comment, gif.subarray(at)]);
    await assert.rejects(run(inspect(long)), /the GIF is damaged/);
    const jpeg = await sharp(emptyPng(8, 8)).jpeg().toBuffer();
    const fill = Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(300_000, 255), jpeg.subarray(2)]);
    await assert.rejects(run(inspect(fill)), /the JPEG is damaged/);
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    for (const [offset, value] of [
      [9, 200],
      [11, 0],
      [9, 0],
    ] as const) {
      const bad = Buffer.from(jpeg);
      bad[frame + offset] = value;
      await assert.rejects(run(inspect(bad)), /the JPEG is damaged/);
    }
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    for (const value of [9, 200]) {
      const bad = Buffer.from(jpeg);
      bad[scan + (value === 9 ? 5 : 4)] = value;
      await assert.rejects(run(inspect(bad)), /the JPEG is damaged/);
    }
  });
});
