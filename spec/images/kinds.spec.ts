// Kinds of pictures in detail: sizes of SVGs, AVIF, JPEGs without an end, and other files.
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { type CanvasPattern, createCanvas } from "@napi-rs/canvas";
import sharp from "sharp";
import { setConcurrency } from "../../lib/concurrency.ts";
import { inspect } from "../../lib/images/inspect.ts";
import { stop } from "../../lib/images/svg/helper.ts";
import { sized } from "../../lib/images/svg/markup.ts";
import { run } from "../../lib/procedure.ts";
import { withAssets } from "../support/assets.ts";
import {
  emptyPng,
  pngChunk,
  pngHeader,
  pngOf,
  riff,
  scansJpeg,
  webpChunk,
  webpHead,
} from "../support/hostile-pictures.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode, pixelsOf } from "../support/pictures.ts";

const svg = (attributes: string, content = '<rect width="5" height="5" fill="#f00"/>') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${content}</svg>`);
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#4488cc" } });
const RED = [255, 0, 0, 255] as const;
const NOTHING = [0, 0, 0, 0] as const;
const NO_DATA = Buffer.alloc(0);

async function drawnBy(
  source: unknown,
  options: object,
  ...place: number[]
): Promise<ReturnType<typeof pixelsOf>> {
  return withHost(options, async (host) => {
    host.mountCanvas({ canvasId: "a", width: 400, height: 400 });
    const context = host.wx.createCanvasContext("a");
    (context.drawImage as (...args: unknown[]) => void)(source, ...place);
    const { errMsg } = await new Promise<{ errMsg: string }>((resolve) =>
      context.draw(false, resolve),
    );
    assert.equal(errMsg, "drawCanvas:ok");
    const canvas = createCanvas(400, 400);
    const { data } = await host.wx.canvasGetImageData({
      canvasId: "a",
      x: 0,
      y: 0,
      width: 400,
      height: 400,
    });
    const pixels = canvas.getContext("2d").createImageData(400, 400);
    pixels.data.set(data);
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    return pixelsOf(canvas);
  });
}

describe("kinds of pictures", () => {
  describe("an SVG has one size everywhere", () => {
    for (const how of ["isolated", "direct"] as const) {
      for (const [attributes, width, height, edge] of [
        ['viewBox="0 0 20 10"', 300, 150, 75],
        ['viewBox="0 0 10 10"', 150, 150, 75],
        ['width="100%" height="100%" viewBox="0 0 20 10"', 300, 150, 75],
        ['width="40" height="20"', 40, 20, 5],
        ["", 300, 150, 5],
      ] as const) {
        it(`by ${how}, ${attributes || "without any"}: ${width} × ${height}`, async () => {
          const bytes = svg(attributes);
          const options = { images: { svg: how } };
          await withAssets(options, async ({ pictures }) => {
            const info = await pictures.info(bytes);
            assert.deepEqual([info.width, info.height], [width, height]);
            const image = await pictures.load(bytes);
            assert.deepEqual([image.width, image.height], [width, height]);
          });
          const bySelf = await drawnBy(bytes, options, 0, 0);
          const bySize = await drawnBy(bytes, options, 0, 0, width, height);
          const byPart = await drawnBy(bytes, options, 0, 0, width, height, 0, 0, width, height);
          for (const picture of [bySelf, bySize, byPart]) {
            assertPixel(picture.at(edge - 2, edge - 2), [...RED], 2);
            assertPixel(picture.at(edge + 2, edge + 2), [...NOTHING], 2);
          }
        });
      }
    }

    it("on nodes, in patterns and by host.loadImage", () =>
      withHost({ pixelRatio: 2 }, async (host) => {
        const bytes = svg('width="10" height="10"');
        const image = await host.loadImage(bytes);
        assert.deepEqual(
          [image.width, image.naturalWidth, image.height, image.naturalHeight],
          [10, 10, 10, 10],
        );
        const canvas = host.createCanvas("a", 40, 40);
        const context = canvas.getContext("2d");
        context.drawImage(image, 20, 20);
        context.fillStyle = context.createPattern(image, "repeat") ?? "#000";
        context.fillRect(0, 0, 20, 20);
        for (const [x, y, colour] of [
          [21, 21, RED],
          [27, 27, NOTHING],
          [2, 2, RED],
          [7, 7, NOTHING],
          [12, 12, RED],
          [17, 17, NOTHING],
        ] as const) {
          assertPixel(pixelsOf(canvas).at(x, y), [...colour], 2);
        }
      }));

    it("is written to the root of the markup; markup without a root is left unchanged", () => {
      const before = '<?xml version="1.0"?><!-- a --><!DOCTYPE svg [<!ENTITY a ">"><!-- ] -->]>';
      const text = `${before}<svg width='1' viewBox="0 0 1 1" height = "2"/>`;
      assert.equal(
        String(sized(Buffer.from(text), 3, 4)),
        `${before}<svg viewBox="0 0 1 1" width="3" height="4"/>`,
      );
      for (const none of ["", "<a/>", "<!-- <svg/>", "<!DOCTYPE svg", "<?xml <svg/>", "<svgs/>"]) {
        assert.equal(String(sized(Buffer.from(none), 3, 4)), none);
      }
    });
  });

  it("draws widths of strokes that CSS gives without a unit, as Illustrator writes them", async () => {
    const styles = [
      [".a{stroke:#f00;stroke-width:8}", ""],
      [".a{stroke:#f00;stroke-width : 8 ;opacity:1}", ""],
      ["", "stroke:#f00;stroke-width:8.0"],
      ["", "stroke:#f00;stroke-width:8px"],
    ] as const;
    for (const svgMode of ["isolated", "direct"] as const) {
      for (const [css, style] of styles) {
        const inner = `<style>${css}</style><path class="a" style="${style}" d="M0 10H20"/>`;
        const file = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">${inner}</svg>`;
        const picture = await drawnBy(Buffer.from(file), { images: { svg: svgMode } }, 0, 0);
        assertPixel(picture.at(10, 7), [...RED], 8);
        assertPixel(picture.at(10, 2), [...NOTHING], 8);
      }
    }
  });

  it("draws the shadows that Figma exports, whose steps have names that begin as keywords do", async () => {
    const matrix = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0.5 0";
    const shadow = (
      name: string,
    ) => `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">
      <rect width="8" height="8" fill="#f00" filter="url(#f)"/>
      <filter id="f" x="0" y="0" width="20" height="20" filterUnits="userSpaceOnUse"
        color-interpolation-filters="sRGB">
      <feFlood flood-opacity="0" result="${name}"/><feOffset in="SourceAlpha" dx="10" dy="10"/>
      <feColorMatrix values="${matrix}"/><feBlend in2="${name}" result="shadow"/>
      <feBlend in="SourceGraphic" in2="shadow"/></filter></svg>`;
    for (const name of ["fix", "BackgroundImageFix", "SourceAlpha-2"]) {
      const picture = await drawnBy(Buffer.from(shadow(name)), {}, 0, 0);
      assertPixel(picture.at(4, 4), [...RED], 8);
      assertPixel(picture.at(14, 14), [0, 0, 0, 128], 8);
    }
  });

  it("restarts the helper after it ended", () =>
    withAssets({}, async ({ pictures }) => {
      for (const i of [1, 2]) {
        stop();
        assert.equal((await pictures.load(svg(`width="${i}" height="3"`))).width, i);
      }
    }));

  it("decodes AVIF where the engine can", async () => {
    const bytes = await plain(30, 20).avif({ effort: 0 }).toBuffer();
    const picture = await drawnBy(bytes, {}, 0, 0);
    assertPixel(picture.at(10, 10), [0x44, 0x88, 0xcc, 255], 6);
    await withAssets({}, async ({ pictures }) => {
      const { width, height, type } = await pictures.info(bytes);
      assert.deepEqual([width, height, type], [30, 20, "unknown"]);
    });
  });

  it("gives an AVIF one size everywhere", async () => {
    const bytes = await plain(30, 20).avif({ effort: 0 }).toBuffer();
    await withHost({}, async (host) => {
      const image = await host.loadImage(bytes);
      assert.deepEqual([image.width, image.naturalHeight], [30, 20]);
      const canvas = host.createCanvas("a", 64, 64);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      context.fillStyle = context.createPattern(image, "no-repeat") as CanvasPattern;
      context.translate(0, 30);
      context.fillRect(0, 0, 64, 30);
      const picture = pixelsOf(canvas);
      for (const y of [0, 30]) {
        assertPixel(picture.at(28, y + 18), [0x44, 0x88, 0xcc, 255], 6);
        assertPixel(picture.at(31, y + 2), [...NOTHING]);
        assertPixel(picture.at(2, y + 21), [...NOTHING]);
      }
    });
  });

  it("draws an AVIF at its own size by a legacy context, also where it is rendered smaller", async () => {
    const bytes = await plain(300, 200).avif({ effort: 0 }).toBuffer();
    for (const [scale, right, bottom] of [
      [1, 300, 200],
      [0.1, 30, 20],
    ] as const) {
      await withHost({}, async (host) => {
        host.mountCanvas({ canvasId: "a", width: 400, height: 300 });
        const context = host.wx.createCanvasContext("a");
        context.scale(scale, scale);
        context.drawImage(bytes as never, 0, 0);
        await new Promise((resolve) => context.draw(false, resolve));
        const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
        assertPixel(picture.at(right - 3, bottom - 3), [0x44, 0x88, 0xcc, 255], 6);
        assertPixel(picture.at(right + 2, 2), [...NOTHING]);
        assertPixel(picture.at(2, bottom + 2), [...NOTHING]);
      });
    }
  });

  it("keeps the detail of an AVIF for an enlarged export", () =>
    withHost({}, async (host) => {
      const lines = Buffer.alloc(400 * 100);
      for (let i = 0; i < lines.length; i++) lines[i] = i % 8 < 4 ? 0 : 255;
      const raw = { width: 400, height: 100, channels: 1 } as const;
      const bytes = await sharp(lines, { raw }).avif({ effort: 0, quality: 90 }).toBuffer();
      host.mountCanvas({ canvasId: "a", width: 100, height: 25 });
      const context = host.wx.createCanvasContext("a");
      context.drawImage(bytes as never, 0, 0, 100, 25);
      await new Promise((resolve) => context.draw(false, resolve));
      const { data } = await host.canvasToBuffer({
        canvasId: "a",
        destWidth: 400,
        destHeight: 100,
      });
      const picture = await decode(data);
      assertPixel(picture.at(202, 50), [0, 0, 0, 255], 40);
      assertPixel(picture.at(206, 50), [255, 255, 255, 255], 40);
    }));

  it("draws a photo of 50 megapixels at the default limits", async function () {
    this.timeout(120_000);
    const bytes = await plain(8192, 6144).jpeg().toBuffer();
    const picture = await drawnBy(bytes, {}, 0, 0, 400, 300);
    assertPixel(picture.at(200, 150), [0x44, 0x88, 0xcc, 255], 3);
  });

  describe("a JPEG that lacks its end", () => {
    const noise = () =>
      sharp({
        create: {
          width: 200,
          height: 120,
          channels: 3,
          background: "#000",
          noise: { type: "gaussian", mean: 128, sigma: 40 },
        },
      });
    for (const progressive of [false, true]) {
      it(`is drawn with a warning when only the marker is missing, ${progressive ? "progressive" : "baseline"}`, async () => {
        const whole = await noise().jpeg({ progressive }).toBuffer();
        await withAssets({}, async ({ pictures }) => {
          assert.equal((await pictures.load(whole.subarray(0, -2))).width, 200);
          assert.equal((await pictures.load(whole.subarray(0, -1))).width, 200);
          for (const cut of [30, 300, 2000]) {
            const failure = await failureOf(() => pictures.load(whole.subarray(0, -cut)));
            assert.match(failure.errMsg, /the JPEG is cut off before its end$/);
          }
        });
      });
    }

    it("is drawn with all of its restart markers", async () => {
      const whole = await noise().jpeg().toBuffer();
      const at = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
      const interval = Buffer.from([0xff, 0xdd, 0, 4, 0, 4]);
      const file = Buffer.concat([whole.subarray(0, at), interval, whole.subarray(at, -2)]);
      await assert.rejects(run(inspect(file)), /cut off before its end/);
      await run(inspect(Buffer.concat([file, Buffer.from([0xff, 0xd9])])));
    });

    it("is drawn with one component, or when it is cut between markers", async () => {
      const grey = await noise().toColourspace("b-w").jpeg({ progressive: true }).toBuffer();
      assert.equal((await run(inspect(grey.subarray(0, -2)))).isOpenEnded, true);
      const scan = grey.lastIndexOf(Buffer.from([0xff, 0xda]));
      for (const end of [scan, scan + 1, scan + 3, scan + 5]) {
        await assert.rejects(run(inspect(grey.subarray(0, end))), /cut off/);
      }
      const whole = await noise().toColourspace("b-w").jpeg().toBuffer();
      const at = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
      // 25 × 15 blocks: a restart after 375 blocks leaves none out, after 374 one.
      const every = (blocks: number) => {
        const interval = Buffer.from([0xff, 0xdd, 0, 4, blocks >> 8, blocks & 255]);
        return Buffer.concat([whole.subarray(0, at), interval, whole.subarray(at, -2)]);
      };
      assert.equal((await run(inspect(every(375)))).isOpenEnded, true);
      await assert.rejects(run(inspect(every(374))), /cut off/);
    });
  });

  it("reaches decoders without optional segments; structural damage is refused", async () => {
    const png = pngOf(
      pngHeader(1, 1),
      pngChunk("tEXt", Buffer.from("a\0b")),
      pngChunk("gAMA", Buffer.alloc(4)),
    );
    const { bytes } = await run(inspect(png));
    assert.ok(!bytes.includes("tEXt") && bytes.includes("gAMA"));
    const bad = pngOf(pngHeader(1, 1), pngChunk("iCCP", Buffer.from("a\0\0nothing")));
    assert.ok(!(await run(inspect(bad))).bytes.includes("iCCP"));
    const large = pngOf(pngHeader(1, 1), pngChunk("iCCP", Buffer.alloc(5_000_000)));
    assert.ok(!(await run(inspect(large))).bytes.includes("iCCP"));
    assert.ok((await run(inspect(pngOf(pngHeader(9, 9, 16, 2, 1))))).extraBytes > 0);
    const palette = (bytes: number) =>
      run(inspect(pngOf(pngHeader(1, 1, 8, 3), pngChunk("PLTE", Buffer.alloc(bytes)))));
    assert.ok((await palette(768)).bytes.includes("PLTE"));
    await assert.rejects(palette(1_026), /the PNG is damaged/);
    const jpeg = await plain(8, 8).jpeg().toBuffer();
    const comment = Buffer.from([0xff, 0xfe, 0, 4, 65, 66]);
    const said = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
    assert.ok((await run(inspect(said))).bytes.equals(jpeg));
    await assert.rejects(run(inspect(scansJpeg(64, 110))), /the JPEG has 101 scans of 64 × 64/);
    const webp = await plain(8, 8).webp().toBuffer();
    const extended = riff(
      webpHead(8, 8, 12 + 32),
      webpChunk("XMP ", Buffer.alloc(9)),
      webp.subarray(12),
    );
    const stripped = await run(inspect(extended));
    assert.ok(!stripped.bytes.includes("XMP ") && (stripped.bytes[20] ?? 1) === 0);
    const picture = webp.subarray(12);
    const frame = (count: number) =>
      Buffer.concat([Buffer.alloc(16), ...Array(count).fill(webpChunk("ABCD", NO_DATA)), picture]);
    const animated = (count: number) => riff(webpHead(8, 8, 2), webpChunk("ANMF", frame(count)));
    assert.equal((await run(inspect(animated(15)))).width, 8);
    for (const damaged of [
      riff(webpHead(4, 4, 0), picture),
      // Without a size it is one pixel.
      riff(webpChunk("VP8X", NO_DATA), picture),
      animated(16),
      riff(webpHead(8, 8, 0), picture, Buffer.alloc(8 * 200_000, webpChunk("ABCD", NO_DATA))),
    ]) {
      await assert.rejects(run(inspect(damaged)), /WebP is damaged/);
    }
  });

  it("refuses a JPEG whose scans take too long: more than 2^29 samples after the fourth", async () => {
    // Two scans precede those that are counted here; 4096 × 4096 are 2^24 samples.
    assert.equal((await run(inspect(scansJpeg(4096, 30)))).width, 4096);
    await assert.rejects(
      run(inspect(scansJpeg(4096, 31))),
      /the JPEG has 33 scans of 4096 × 4096 or more$/,
    );
    assert.equal((await run(inspect(scansJpeg(16_384, 2)))).width, 16_384);
    await assert.rejects(run(inspect(scansJpeg(16_384, 3))), /the JPEG has 5 scans of 16384 × /);
  });

  it("counts all components of a JPEG, also when they have the same number", async () => {
    const file = await plain(96, 96)
      .jpeg({ progressive: true, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const same = Buffer.from(file);
    for (let at = 2; at < same.length; ) {
      const marker = same.readUInt8(at + 1);
      // The numbers of the frame, and those of each scan.
      const [count, first, step] = marker === 0xc2 ? [at + 9, at + 10, 3] : [at + 4, at + 5, 2];
      if (marker === 0xc2 || marker === 0xda) {
        for (let i = 0; i < same.readUInt8(count); i++) same[first + i * step] = 1;
      }
      at += 2 + same.readUInt16BE(at + 2);
      while (marker === 0xda && !(same[at] === 255 && same[at + 1] !== 0)) at++;
      if (same[at + 1] === 0xd9) break;
    }
    assert.ok(!same.equals(file));
    const [own, other] = [await run(inspect(file)), await run(inspect(same))];
    assert.equal(own.extraBytes, 96 * 96 * 3 * 2);
    assert.equal(other.extraBytes, own.extraBytes);
    // The engine decodes it.
    await withHost({}, async (host) => assert.equal((await host.loadImage(same)).width, 96));
  });

  it("reads the markers of a JPEG as decoders do: none can hide another picture", async () => {
    const small = await plain(8, 8).jpeg().toBuffer();
    const large = await plain(100, 100).jpeg().toBuffer();
    const start = small.subarray(0, 2);
    const segment = (marker: number, length: number) => Buffer.from([255, marker, 0, length]);
    for (const marker of [0, 1, 0xd0, 0xd7]) {
      const body = large.subarray(2);
      const head = segment(marker, 0);
      head.writeUInt16BE(body.length + 2, 2);
      const hidden = Buffer.concat([start, head, body, small.subarray(2)]);
      await assert.rejects(run(inspect(hidden)), /the JPEG is damaged/, marker.toString(16));
    }
    // A length counts itself; decoders take 0 and 1 for 2.
    for (const length of [0, 1, 2]) {
      const file = Buffer.concat([start, segment(0xfe, length), large.subarray(2)]);
      assert.equal((await run(inspect(file))).width, 100);
      const number = segment(0xdc, length);
      const late = Buffer.concat([small.subarray(0, -2), number, small.subarray(-2)]);
      assert.ok((await run(inspect(late))).bytes.equals(late));
    }
  });

  it("reaches decoders with one profile and one frame, however many a file has", async () => {
    const profile = pngChunk(
      "iCCP",
      Buffer.concat([Buffer.from("a\0\0", "latin1"), deflateSync(Buffer.alloc(500))]),
    );
    const png = await run(inspect(pngOf(pngHeader(1, 1), profile, profile, profile)));
    assert.equal(png.bytes.toString("latin1").split("iCCP").length - 1, 1);
    const webp = (await plain(8, 8).webp().toBuffer()).subarray(12);
    const frame = webpChunk("ANMF", Buffer.concat([Buffer.alloc(16), webp]));
    const animated = riff(webpHead(8, 8, 2), webpChunk("ANIM", Buffer.alloc(6)), frame, frame);
    const { bytes } = await run(inspect(animated));
    assert.equal(bytes.length, animated.length - frame.length);
    const gif = await plain(8, 8).gif().toBuffer();
    const at = 13 + ((gif[10] as number & 128) ? 3 << (((gif[10] as number) & 7) + 1) : 0);
    const frames = Buffer.concat([gif.subarray(0, -1), gif.subarray(at)]);
    assert.ok((await run(inspect(frames))).bytes.length <= gif.length);
  });

  it("names the apparent type of a file that is no picture", async () => {
    const rows: [string | Buffer, RegExp][] = [
      [Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), /not a HEIC photo; /],
      [Buffer.from("\0\0\0\x18ftypisom\0\0\0\0mif1heic", "latin1"), /not a video; /],
      [Buffer.from("BM\x46\0\0\0\0\0"), /not a BMP; /],
      ["<!DOCTYPE html><title>404</title>", /not an HTML page; /],
      ["<a><svg/></a>", /not XML or HTML whose root is no svg element; /],
      [
        '{"errcode":40001,"errmsg":"invalid credential"}',
        /not WeChat's answer errcode 40001 \(invalid credential\); /,
      ],
      ['{"errcode": 42001}', /not WeChat's answer errcode 42001; /],
      ['{"a":1}', /not JSON; /],
      ["data:image/png;base64,AAAA", /not the text of a data URI as bytes; /],
      [
        emptyPng(3, 3).toString("base64"),
        /not base64 \("data:image\/png;base64," is missing in front\); /,
      ],
      ["hello", /not text; /],
      [Buffer.from([0, 1, 2, 3]), /picture; its bytes are none of these$/],
    ];
    await withAssets({}, async ({ pictures }) => {
      for (const [bytes, why] of rows) {
        const { errMsg } = await failureOf(() => pictures.load(Buffer.from(bytes as string)));
        assert.match(errMsg, why);
      }
      const bare = emptyPng(3, 3).toString("base64");
      const { errMsg } = await failureOf(() => pictures.load(bare));
      assert.match(errMsg, /: it is base64; "data:image\/png;base64," is missing in front$/);
    });
  });

  it("warns once of the elements and properties that an SVG is drawn without", async () => {
    const warned: string[] = [];
    const listener = ({ message }: Error) => void warned.push(message);
    process.on("warning", listener);
    await withAssets({}, async ({ pictures }) => {
      for (const i of [1, 2]) {
        await pictures.load(
          svg(
            `width="${i}" height="9"`,
            `<foreignObject/><animate/><animate${"x".repeat(9)}/>
            <g style="mix-blend-mode: multiply"/><g vector-effect="none" style="mix-blend-mode:normal"/>`,
          ),
        );
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("warning", listener);
    assert.deepEqual(warned, [
      "an SVG is drawn without what the engine does not know: foreignObject, animate, mix-blend-mode",
    ]);
  });

  describe("host.loadImage", () => {
    it("gives the caller an image, under the host's limits", () =>
      withHost({ images: { maxPixels: 100 } }, async (host) => {
        const png = emptyPng(10, 10);
        const [one, two] = [await host.loadImage(png), await host.loadImage(png)];
        assert.notEqual(one, two);
        const failure = await failureOf(() => host.loadImage(emptyPng(11, 10)));
        assert.match(failure.errMsg, /^loadImage:fail \d+ bytes: it is 11 × 10; images\.maxPixels/);
        const { code, errMsg } = await failureOf(() => host.loadImage(one as never));
        assert.equal(code, "INVALID");
        assert.match(errMsg, /source: expected a path, .* bytes .*, got an object/);
      }));

    it("takes bytes of every kind, as they are at the call", () =>
      withHost({}, async (host) => {
        for (const [i, as] of [
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => new Uint8Array(bytes),
          (bytes: Buffer) => new Uint8Array(bytes).buffer,
        ].entries()) {
          const given = as(emptyPng(10, 10 + i));
          const loading = host.loadImage(given);
          new Uint8Array(given as ArrayBuffer).fill(0);
          if (given instanceof Uint8Array) given.fill(0);
          assert.equal((await loading).height, 10 + i);
        }
      }));

    it("is cancelled by its signal", () =>
      withHost({}, async (host) => {
        const png = emptyPng(10, 10, 1);
        const signal = AbortSignal.abort();
        const { code, errMsg } = await failureOf(() => host.loadImage(png, { signal }));
        assert.deepEqual([code, errMsg], ["ABORTED", "loadImage:fail loading was aborted"]);
        const wrong = { signal: {} as AbortSignal };
        assert.equal((await failureOf(() => host.loadImage(png, wrong))).code, "INVALID");
        assert.equal((await host.loadImage(png, { signal: null })).width, 10);
      }));
  });

  it("makes images of a node complete, decoded and upright, as in browsers", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ id: "n", type: "2d", width: 9, height: 9 });
      const node = await new Promise<{ createImage(): never }>((resolve) => {
        const found = ({ node }: { node: never }) => resolve(node);
        host.wx
          .createSelectorQuery()
          .select("#n")
          .node(found as never)
          .exec();
      });
      for (const format of ["png", "webp", "jpeg"] as const) {
        const bytes = await plain(8, 4)[format]().withMetadata({ orientation: 6 }).toBuffer();
        const image = node.createImage() as ReturnType<typeof Object> & HTMLLike;
        assert.equal(image.complete, true);
        image.src = `data:;base64,${bytes.toString("base64")}`;
        assert.equal(image.complete, false);
        await image.decode();
        assert.equal(image.complete, true);
        assert.deepEqual(
          [image.width, image.height, image.naturalWidth, image.naturalHeight],
          [4, 8, 4, 8],
          format,
        );
      }
      const image = node.createImage() as ReturnType<typeof Object> & HTMLLike;
      await assert.rejects(image.decode(), { name: "EncodingError" });
      image.onerror = () => {};
      image.src = "/none.png";
      await assert.rejects(image.decode(), { name: "EncodingError" });
      assert.equal(image.complete, true);
    }));

  it("keeps nothing in a cache of 0 bytes", async () => {
    try {
      setConcurrency({ imageCacheBytes: 0 });
      await withAssets({}, async ({ pictures }) => {
        const png = emptyPng(20, 20, 7);
        assert.notEqual(await pictures.load(png), await pictures.load(png));
      });
    } finally {
      setConcurrency({ imageCacheBytes: 67_108_864 });
    }
  });
});

/** The members of a browser's image. */
interface HTMLLike {
  src: string;
  complete: boolean;
  width: number;
  height: number;
  naturalWidth: number;
  naturalHeight: number;
  onerror: unknown;
  decode(): Promise<void>;
}
