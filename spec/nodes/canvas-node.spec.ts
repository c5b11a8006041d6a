// Canvas nodes and offscreen canvases: pictures, frames, paths, and exports in either unit.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import {
  type CanvasError,
  createHost,
  type Host,
  type HostOptions,
  type Wx,
} from "../../lib/index.ts";
import { start } from "../support/children.ts";
import { FAMILY } from "../support/fonts.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode, pixelsOf } from "../support/pictures.ts";
import { until } from "../support/renderers.ts";

type Node = ReturnType<Wx["createOffscreenCanvas"]>;
type Image = ReturnType<Node["createImage"]>;

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">' +
  '<rect width="20" height="10" fill="#f00"/></svg>';

function nodeOf(host: Host, width = 300, height = 150): Node {
  const { node } = host.mountCanvas({ id: "a", type: "2d", width, height });
  assert.ok(node);
  return node;
}

/** The image with that source, loaded. */
function loaded(image: Image, src: string): Promise<Image> {
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = src;
  });
}

describe("a mounted node", () => {
  it("starts at 300 × 150; setting a side clears and resizes it", () =>
    withHost({}, (host) => {
      const node = nodeOf(host, 100, 100);
      assert.deepEqual([node.width, node.height], [300, 150]);
      const context = node.getContext("2d");
      context.fillRect(0, 0, 300, 150);
      assert.equal(node.getContext("webgl" as "2d"), null);
      node.width = 40;
      assertPixel(pixelsOf(node).at(0, 0), [0, 0, 0, 0]);
      assert.equal(node.getContext("2d"), context);
      assert.equal(
        typeof (context as unknown as Record<string, unknown>).setFillStyle,
        "undefined",
      );
      assert.equal(typeof (context as unknown as Record<string, unknown>).draw, "undefined");
    }));

  it("has no own keys for its members, and lets code overwrite them", () =>
    withHost({}, (host) => {
      const node = nodeOf(host);
      assert.ok(!Object.keys(node).includes("createImage"));
      const replacement = () => ({}) as Image;
      node.createImage = replacement;
      assert.equal(node.createImage, replacement);
    }));

  const regions: [string, (node: Node) => object][] = [
    ["nothing", () => ({})],
    ["the logical size", () => ({ x: 0, y: 0, width: 100, height: 50 })],
    ["the backing size", (node) => ({ width: node.width, height: node.height })],
    ["backing size and dest", (node) => ({ width: node.width, destWidth: node.width })],
  ];
  for (const [name, region] of regions) {
    it(`exports the whole canvas when code passes ${name}`, () =>
      withHost({ pixelRatio: 3 }, async (host) => {
        const node = nodeOf(host, 100, 50);
        node.width = 300;
        node.height = 150;
        const context = node.getContext("2d");
        context.scale(3, 3);
        context.fillRect(90, 40, 10, 10);
        const { tempFilePath, errMsg } = await node.toTempFilePath(region(node));
        assert.equal(errMsg, "toTempFilePath:ok");
        const picture = await decode(tempFilePath);
        assert.deepEqual([picture.width, picture.height], [300, 150]);
        assertPixel(picture.at(299, 149), [0, 0, 0, 255]);
        assertPixel(picture.at(0, 0), [0, 0, 0, 0]);
        const same = await host.wx.canvasToTempFilePath({ canvas: node, ...region(node) });
        assert.equal((await decode(same.tempFilePath)).width, 300);
      }));
  }

  it("gives data URLs with quality from 0 to 1", () =>
    withHost({}, async (host) => {
      const node = nodeOf(host);
      const context = node.getContext("2d");
      for (let i = 0; i < 200; i++) {
        context.fillStyle = `hsl(${i * 37} 80% 50%)`;
        context.fillRect((i * 53) % 300, (i * 29) % 150, 20, 20);
      }
      const size = (quality?: number) => node.toDataURL("image/jpeg", quality).length;
      assert.ok(size(0.1) < size(0.9) && size(0.9) < size(1));
      assert.equal(size(7), size(0.92));
      assert.match(node.toDataURL(), /^data:image\/png;base64,/);
      const bytes = Buffer.from(node.toDataURL().split(",")[1] ?? "", "base64");
      assert.equal((await decode(bytes)).width, 300);
    }));

  it("looks for characters in registered fonts, with any named font", () =>
    withHost({}, async (host) => {
      const context = nodeOf(host).getContext("2d");
      const widths = new Set<number>();
      const width = (text: string) => Math.round(context.measureText(text).width);
      for (const font of ["20px sans-serif", `20px "${FAMILY}"`, "20px PingFang SC"]) {
        context.font = font;
        widths.add(width("海报海报"));
        context.fillText("海", 10, 30);
        assert.ok(!context.font.includes("system-ui"), context.font);
      }
      assert.deepEqual([...widths], [80]);
      context.save();
      context.font = "40px sans-serif";
      assert.equal(width("海"), 40);
      context.restore();
      assert.equal(width("海"), 20);
      context.canvas.width = 100;
      assert.equal(context.font, "10px sans-serif");
      assert.equal(width("海"), 10);
    }));

  it("makes image data and paths", () =>
    withHost({}, async (host) => {
      const node = nodeOf(host);
      const data = node.createImageData();
      assert.deepEqual([data.width, data.height, data.data.length], [300, 150, 180_000]);
      assert.equal(node.createImageData(2, 3).data.length, 24);
      const least = node.createImageData(0.5, 0.5);
      assert.deepEqual([least.width, least.height], [1, 1]);
      const path = node.createPath2D();
      path.rect(0, 0, 5, 5);
      const copy = node.createPath2D(path);
      const context = node.getContext("2d");
      context.fill(copy);
      context.fill(node.createPath2D("M10 10h5v5h-5z"));
      data.data.fill(255, 0, 4);
      context.putImageData(data, 20, 20, 0, 0, 1, 1);
      const pixels = pixelsOf(node);
      for (const [x, y] of [
        [4, 4],
        [12, 12],
      ] as const) {
        assertPixel(pixels.at(x, y), [0, 0, 0, 255]);
      }
      assertPixel(pixels.at(20, 20), [255, 255, 255, 255]);
      for (const size of [-1, Number.NaN, 1e9, "x"]) {
        await failureOf(() => node.createImageData(size as number, 10));
      }
    }));
});

describe("createImage", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "spec-"));
    await writeFile(join(root, "a.png"), createCanvas(4, 3).toBuffer("image/png"));
    await writeFile(join(root, "bad.png"), "no picture");
  });
  after(() => rm(root, { recursive: true, force: true }));

  const within = (test: (host: Host) => Promise<unknown>, options: HostOptions = {}) =>
    withHost({ root, ...options }, async (host) => {
      await test(host);
    });

  const sources: [string, string, number, number][] = [
    ["a package path", "/a.png", 4, 3],
    ["a relative path", "a.png", 4, 3],
    [
      "a data URI",
      `data:image/png;base64,${createCanvas(6, 5).toBuffer("image/png").toString("base64")}`,
      6,
      5,
    ],
    ["an SVG data URI", `data:image/svg+xml;base64,${Buffer.from(SVG).toString("base64")}`, 20, 10],
    ["an SVG as text", `data:image/svg+xml,${encodeURIComponent(SVG)}`, 20, 10],
  ];
  for (const [name, src, width, height] of sources) {
    it(`loads ${name}`, () =>
      within(async (host) => {
        const node = nodeOf(host);
        const image = await loaded(node.createImage(), src);
        assert.deepEqual([image.width, image.height, image.src], [width, height, src]);
        node.getContext("2d").drawImage(image, 0, 0);
        if (src.includes("svg")) assertPixel(pixelsOf(node).at(10, 5), [255, 0, 0, 255]);
        // No overload has five numbers.
        const draw = node.getContext("2d").drawImage as (...args: unknown[]) => void;
        const five = [image, 0, 0, 5, 5, 0];
        assert.throws(() => Reflect.apply(draw, node.getContext("2d"), five), TypeError);
      }));
  }

  it("loads a temp file, in either form", () =>
    within(
      async (host) => {
        const node = nodeOf(host);
        node.getContext("2d").fillRect(0, 0, 300, 150);
        const { tempFilePath } = await node.toTempFilePath();
        const image = await loaded(node.createImage(), tempFilePath);
        assert.equal(image.width, 300);
        await loaded(node.createImage(), host.resolvePath(tempFilePath));
      },
      { tempFilePaths: "wxfile" },
    ));

  it("calls onload later, with the size known and the image as this", () =>
    within(async (host) => {
      const image = nodeOf(host).createImage();
      const order: unknown[] = [];
      await new Promise<void>((resolve) => {
        image.onload = function (this: Image) {
          order.push(this === image, image.width);
          resolve();
        };
        image.src = "/a.png";
        order.push("later", image.src);
      });
      assert.deepEqual(order, ["later", "/a.png", true, 4]);
    }));

  for (const src of [
    "/none.png",
    "/bad.png",
    "../../../etc/hostname",
    "http://127.0.0.1:9/a.png",
  ]) {
    it(`calls only onerror for ${src}`, () =>
      within(async (host) => {
        const node = nodeOf(host);
        const image = node.createImage();
        image.onload = () => assert.fail("loaded");
        const error = await new Promise<Error & { errMsg?: string }>((resolve) => {
          image.onerror = resolve;
          image.src = src;
        });
        assert.match(error.errMsg ?? "", /^createImage:fail /);
        node.getContext("2d").drawImage(image, 0, 0);
      }));
  }

  it("calls back only for the last source", () =>
    within(async (host) => {
      const image = nodeOf(host).createImage();
      image.src = "/none.png";
      const other = sources[3]?.[1] ?? "";
      image.src = "/a.png";
      const { width } = await loaded(image, other);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual([width, image.width, image.src], [20, 20, other]);
    }));

  it("loads nothing without a source, drops the one before, and calls onerror, as in browsers", () =>
    within(async (host) => {
      const image = nodeOf(host).createImage();
      image.onload = () => assert.fail("loaded");
      for (const nothing of [null, undefined, ""]) {
        image.src = "/a.png";
        const { errMsg } = await new Promise<CanvasError>((resolve) => {
          image.onerror = resolve;
          image.src = nothing as string;
          assert.deepEqual([image.src, image.complete], ["", true]);
        });
        assert.equal(errMsg, 'createImage:fail "": it is empty');
        await assert.rejects(image.decode(), { name: "EncodingError" });
      }
    }));

  it("ends when onerror sets an empty source, and reports none", async () => {
    const reported: unknown[] = [];
    const host = createHost({ root, onError: (error) => reported.push(error) });
    const image = nodeOf(host).createImage();
    let count = 0;
    image.onerror = () => {
      count++;
      image.src = "";
    };
    image.src = "/none.png";
    host.wx.createOffscreenCanvas({ type: "2d" }).createImage().src = "";
    await until(() => count >= 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await host.dispose();
    assert.deepEqual([count, reported], [2, []]);
  });

  it("returns its listeners", () =>
    within(async (host) => {
      const image = nodeOf(host).createImage();
      const [onload, onerror] = [() => {}, () => {}];
      Object.assign(image, { onload, onerror });
      assert.equal(image.onload, onload);
      assert.equal(image.onerror, onerror);
    }));

  it("loads again, from onload, too", () =>
    within(async (host) => {
      const image = nodeOf(host).createImage();
      await loaded(image, "/a.png");
      await loaded(image, sources[3]?.[1] ?? "");
      assert.equal(image.width, 20);
    }));

  it("warns when an unheard loading fails; what onload throws goes to onError", async () => {
    const errors: unknown[] = [];
    const host = createHost({ root, onError: (error) => errors.push(error) });
    const node = nodeOf(host);
    node.createImage().src = "/none.png";
    const image = node.createImage();
    image.onload = () => {
      throw new Error("oops");
    };
    image.src = "/a.png";
    for (let i = 0; i < 100 && errors.length < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await host.dispose();
    assert.match(errors.map(String).sort().join(), /createImage:fail .*none\.png.*oops/);
  });
});

describe("createOffscreenCanvas", () => {
  it("takes an object or arguments, and makes 300 × 150 without a size", () =>
    withHost({}, ({ wx }) => {
      for (const [canvas, width, height] of [
        [wx.createOffscreenCanvas({ type: "2d", width: 20, height: 10 }), 20, 10],
        [wx.createOffscreenCanvas({ width: 20, height: 10, compInst: {} }), 20, 10],
        [wx.createOffscreenCanvas(20, 10), 20, 10],
        [wx.createOffscreenCanvas(20, 10, {}), 20, 10],
        [wx.createOffscreenCanvas(), 300, 150],
      ] as const) {
        assert.deepEqual([canvas.width, canvas.height], [width, height]);
        assert.ok(canvas.getContext("2d").fillRect);
        assert.equal(typeof canvas.createImage, "function");
      }
    }));

  it("exports in pixels ÷ the host's ratio, as a copy", () =>
    withHost({ pixelRatio: 2 }, async ({ wx }) => {
      const canvas = wx.createOffscreenCanvas({ type: "2d", width: 40, height: 20 });
      const sizes = async (options: object) => {
        const { tempFilePath } = await wx.canvasToTempFilePath({ canvas, ...options });
        const { width, height } = await decode(tempFilePath);
        return [width, height];
      };
      assert.deepEqual(await sizes({}), [40, 20]);
      assert.deepEqual(await sizes({ width: 10, height: 10 }), [20, 20]);
      assert.deepEqual(await sizes({ width: 40, height: 20, destWidth: 40 }), [40, 20]);
    }));

  it("refuses webgl and sizes beyond the limits", () =>
    withHost({ limits: { maxSide: 100 } }, async ({ wx }) => {
      const failure = await failureOf(() => wx.createOffscreenCanvas({ type: "webgl" }));
      assert.match(failure.errMsg, /^createOffscreenCanvas:fail type: expected "2d", /);
      for (const size of [101, -1, 0, Number.NaN, "5"]) {
        await failureOf(() => wx.createOffscreenCanvas({ width: size as number, height: 10 }));
      }
      const canvas = wx.createOffscreenCanvas(50, 50);
      await failureOf(() => {
        canvas.width = 101;
      });
      assert.equal(canvas.width, 50);
    }));

  it("fails on a disposed host", async () => {
    const host = createHost();
    await host.dispose();
    assert.equal((await failureOf(() => host.wx.createOffscreenCanvas())).code, "DISPOSED");
  });
});

describe("animation frames", () => {
  it("come about 60 times a second, with a rising time", () =>
    withHost({}, async (host) => {
      const node = nodeOf(host);
      const times: number[] = [];
      await new Promise<void>((resolve) => {
        const next = (time: number) => {
          times.push(time);
          if (times.length < 7) node.requestAnimationFrame(next);
          else resolve();
        };
        node.requestAnimationFrame(next);
      });
      const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
      assert.ok(gaps.every((gap) => gap > 5));
      const total = gaps.reduce((a, b) => a + b, 0);
      assert.ok(total > 70 && total < 1000, `${total}`);
    }));

  it("call each callback once a frame, except those cancelled before or during it", () =>
    withHost({}, async (host) => {
      const node = nodeOf(host);
      const called: string[] = [];
      const times = new Set<number>();
      await new Promise<void>((resolve) => {
        const early = node.requestAnimationFrame(() => called.push("cancelled early"));
        node.requestAnimationFrame((time) => {
          times.add(time);
          called.push("a");
          node.cancelAnimationFrame(late);
          node.requestAnimationFrame(() => {
            called.push("next");
            resolve();
          });
        });
        const late = node.requestAnimationFrame(() => called.push("cancelled late"));
        node.requestAnimationFrame((time) => {
          times.add(time);
          called.push("b");
        });
        node.cancelAnimationFrame(early);
        node.cancelAnimationFrame(999);
      });
      assert.deepEqual([called, times.size], [["a", "b", "next"], 1]);
    }));

  it("pass what a callback throws to onError, and call the others", async () => {
    const errors: unknown[] = [];
    await withHost({ onError: (error) => errors.push(error) }, async (host) => {
      const node = nodeOf(host);
      await new Promise<void>((resolve) => {
        node.requestAnimationFrame(() => {
          throw new Error("oops");
        });
        node.requestAnimationFrame(() => resolve());
      });
      assert.match(String(errors[0]), /oops/);
      await failureOf(() => node.requestAnimationFrame("x" as never));
    });
  });

  it("stop with their host, so that the process can end", async () => {
    const { ended } = start(`
      const host = wxCanvas.createHost();
      const { node } = host.mountCanvas({ id: "a", type: "2d", width: 5, height: 5 });
      let frames = 0;
      const loop = () => { frames++; node.requestAnimationFrame(loop); };
      loop();
      setTimeout(async () => {
        await host.dispose();
        const then = frames;
        node.requestAnimationFrame(loop);
        setTimeout(() => console.log(frames === then && frames > 1), 60);
      }, 100);
    `);
    const { code, stdout } = await ended;
    assert.deepEqual([code, stdout.trim()], [0, "true"]);
  });
});
