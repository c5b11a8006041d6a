// Pictures from every kind of source: decoded, upright, by their bytes, within their limits.
import assert from "node:assert/strict";
import { mkdtemp, realpath, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Canvas, createCanvas, Image, loadImage } from "@napi-rs/canvas";
import { createCanvas as createForeignCanvas, Image as ForeignImage } from "engine-copy";
import sharp from "sharp";
import type { Orientation } from "../../lib/images/picture.ts";
import { LOCAL_MAX_BYTES } from "../../lib/limits.ts";
import { type Assets, withAssets } from "../support/assets.ts";
import { failureOf } from "../support/hosts.ts";
import { assertPixel, pixelsOf } from "../support/pictures.ts";

/** Four colours in the corners, 8 × 4: every turn of it looks different. */
const corners = Buffer.alloc(8 * 4 * 3);
for (let y = 0; y < 4; y++) {
  for (let x = 0; x < 8; x++) {
    const colour = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 0],
    ][(y < 2 ? 0 : 2) + (x < 4 ? 0 : 1)];
    corners.set(colour ?? [], (y * 8 + x) * 3);
  }
}
const sample = () => sharp(corners, { raw: { width: 8, height: 4, channels: 3 } });
const lossless = {
  png: () => sample().png(),
  webp: () => sample().webp({ lossless: true }),
  jpeg: () => sample().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }),
};
const svg = (content: string, attributes = 'width="8" height="4"') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${content}</svg>`);
const blue = '<rect width="8" height="4" fill="#00f"/>';

/** The letters of the colours in the corners, row by row. */
async function cornersOf(picture: Image | Canvas): Promise<string> {
  const canvas = createCanvas(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return letters(canvas.width, canvas.height, pixelsOf(canvas).at);
}

function letters(width: number, height: number, at: (x: number, y: number) => number[]): string {
  const places = [
    [1, 1],
    [width - 2, 1],
    [1, height - 2],
    [width - 2, height - 2],
  ] as const;
  return places
    .map(([x, y]) =>
      at(x, y)
        .slice(0, 3)
        .map((value) => (value > 127 ? 1 : 0))
        .join(""),
    )
    .map((bits) => ({ "100": "R", "010": "G", "001": "B", "110": "Y" })[bits] ?? "?")
    .join("");
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("pictures", () => {
  let base: string;
  before(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), "spec-")));
  });
  after(() => rm(base, { recursive: true, force: true }));
  const within = <T>(test: (assets: Assets) => Promise<T>, options: object = {}) =>
    withAssets({ root: base, tempDir: base, ...options }, test);

  describe("from every kind of source", () => {
    it("are the same picture", () =>
      within(async ({ pictures }) => {
        const bytes = await lossless.png().toBuffer();
        const path = join(base, "a.png");
        await writeFile(path, bytes);
        const image = await loadImage(bytes);
        const canvas = createCanvas(8, 4);
        canvas.getContext("2d").drawImage(image, 0, 0);
        const sources = {
          path,
          packagePath: "/a.png",
          pagePath: "a.png",
          fileUrl: pathToFileURL(path).href,
          fileUrlObject: pathToFileURL(path),
          dataUri: `data:image/png;base64,${bytes.toString("base64")}`,
          dataUriOfAnotherType: `data:text/plain;charset=utf-8;base64,${bytes.toString("base64")}`,
          encodedBase64: `data:;base64,${encodeURIComponent(bytes.toString("base64"))}`,
          escapes: `DATA:image/png,${[...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`,
          buffer: bytes,
          bytes: new Uint8Array(bytes),
          arrayBuffer: new Uint8Array(bytes).buffer,
          image,
          canvas,
        };
        for (const [name, source] of Object.entries(sources)) {
          const picture = await pictures.load(source);
          assert.deepEqual([picture.width, picture.height], [8, 4], name);
          assert.equal(await cornersOf(picture), "RGBY", name);
        }
        assert.equal(await pictures.load(image), image);
        assert.equal(await pictures.load(canvas), canvas);
      }));

    it("may be an SVG as text in a data URI", () =>
      within(async ({ pictures }) => {
        for (const text of [svg(blue).toString(), svg(`${blue}<text>中文</text>`).toString()]) {
          for (const uri of [
            `data:image/svg+xml,${encodeURIComponent(text)}`,
            `data:image/svg+xml;utf8,${text.replaceAll("#", "%23")}`,
            `data:image/svg+xml;charset=utf-8,${text}`,
          ]) {
            assert.equal((await pictures.load(uri)).width, 8);
          }
        }
      }));

    it("may be an image of the caller, which is awaited; a broken one is refused", () =>
      within(async ({ pictures }) => {
        const image = new Image();
        image.src = await lossless.png().toBuffer();
        assert.equal(await cornersOf(await pictures.load(image)), "RGBY");
        const broken = new Image();
        broken.onerror = () => {};
        broken.src = Buffer.from("nothing");
        for (const source of [broken, new Image()]) {
          const failure = await failureOf(() => pictures.load(source));
          assert.equal(failure.code, "SOURCE");
          assert.match(failure.errMsg, /the image cannot be decoded$/);
        }
      }));

    const wrong: [string, unknown][] = [
      ["undefined", undefined],
      ["null", null],
      ["a number", 5],
      ["an object", { width: 5, height: 5 }],
      ["an array", [1, 2]],
      ["a heir of an image", Object.create(new Image())],
      ["a heir of a canvas", Object.create(createCanvas(5, 5))],
      ["a proxy of an image", new Proxy(new Image(), {})],
      ["a canvas of another engine", createForeignCanvas(5, 5)],
      ["an image of another engine", new ForeignImage()],
      ["a revoked proxy", revoked()],
    ];
    for (const [name, source] of wrong) {
      it(`are not loaded from ${name}`, () =>
        within(async ({ pictures }) => {
          assert.equal((await failureOf(() => pictures.load(source))).code, "INVALID");
        }));
    }

    it("do not change when the caller changes a buffer later", () =>
      within(async ({ pictures }) => {
        const bytes = await lossless.png().toBuffer();
        bytes[bytes.length - 5] = 0;
        const good = await sample().png({ compressionLevel: 1 }).toBuffer();
        // All slots are taken: this one is decoded later.
        const others = Array.from({ length: 8 }, (_, i) =>
          sharp({ create: { width: 900, height: 900 + i, channels: 3, background: "#0f0" } })
            .png()
            .toBuffer(),
        );
        for (const other of await Promise.all(others)) pictures.load(other);
        const loading = pictures.load(good);
        good.fill(0);
        assert.equal(await cornersOf(await loading), "RGBY");
      }));
  });

  describe("of every format, recognised by the first bytes", () => {
    it("are loaded under any name", () =>
      within(async ({ pictures }) => {
        const frames = Buffer.concat([corners, Buffer.alloc(corners.length)]);
        const raw = { width: 8, height: 8, channels: 3, pageHeight: 4 } as const;
        const files: [string, Buffer, string][] = [
          ["png", await lossless.png().toBuffer(), "png"],
          ["png", await sample().png({ progressive: true }).toBuffer(), "png"],
          ["png", await sample().png({ palette: true }).toBuffer(), "png"],
          ["jpeg", await lossless.jpeg().toBuffer(), "jpeg"],
          ["jpeg", await lossless.jpeg().jpeg({ progressive: true }).toBuffer(), "jpeg"],
          ["webp", await lossless.webp().toBuffer(), "unknown"],
          ["webp", await sample().webp({ quality: 100 }).toBuffer(), "unknown"],
          ["webp", await sharp(frames, { raw }).webp({ lossless: true }).toBuffer(), "unknown"],
          ["gif", await sample().gif().toBuffer(), "gif"],
          ["gif", await sharp(frames, { raw }).gif().toBuffer(), "gif"],
        ];
        for (const [format, bytes, type] of files) {
          for (const name of ["a.png", "a.jpg", "a.txt", "a", "a.svg"]) {
            await writeFile(join(base, name), bytes);
            const info = await pictures.info(name);
            assert.deepEqual(info, { width: 8, height: 4, orientation: "up", type, path: name });
            // An animation shows its first frame.
            assert.equal(await cornersOf(await pictures.load(name)), "RGBY", format);
          }
        }
      }));

    const sizes: [string, string, number, number][] = [
      ["its size", 'width="8" height="4"', 8, 4],
      ["no size", "", 300, 150],
      ["a viewBox", 'viewBox="0 0 20 10" width="40"', 40, 20],
      ["units", 'width="1in" height="20mm"', 96, 76],
    ];
    for (const [name, attributes, width, height] of sizes) {
      it(`are ${width} × ${height} for an SVG with ${name}`, () =>
        within(async ({ pictures }) => {
          const { path, ...rest } = await pictures.info(svg(blue, attributes));
          assert.deepEqual(rest, { width, height, orientation: "up", type: "unknown" });
          assert.match(path, /\.svg$/);
          assert.equal((await pictures.load(path)).width, width);
        }));
    }

    it("may be SVGs with an XML prolog, embedded pictures and plain entities", () =>
      within(async ({ pictures }) => {
        const png = (await lossless.png().toBuffer()).toString("base64");
        const link = 'xmlns:xlink="http://www.w3.org/1999/xlink" width="8" height="4"';
        const doctype =
          '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"';
        for (const source of [
          `\ufeff${svg(blue)}`,
          `<?xml version="1.0" encoding="UTF-8"?>\n<!-- <a> -->\n${svg(blue)}`,
          `${doctype}>${svg(blue)}`,
          `${doctype} [\n<!ENTITY c "#00f">\n<!ENTITY ns 'http://www.w3.org/'>\n]>${svg('<rect width="8" height="4" fill="&c;"/>')}`,
          svg(
            `<image xlink:href="data:image/png;base64,${png}" width="8" height="4"/>${blue}`,
            link,
          ),
          svg(`<a xlink:href="https://example.com/">${blue}</a>`, link),
          svg(`<defs><g id="a">${blue}</g></defs><use xlink:href="#a"/>`, link),
        ]) {
          const picture = await pictures.load(Buffer.from(source));
          const canvas = createCanvas(8, 4);
          canvas.getContext("2d").drawImage(picture, 0, 0);
          assertPixel(pixelsOf(canvas).at(1, 1), [0, 0, 255, 255]);
        }
      }));
  });

  describe("the right way up", () => {
    const names: Orientation[] = [
      "up",
      "up-mirrored",
      "down",
      "down-mirrored",
      "left-mirrored",
      "right",
      "right-mirrored",
      "left",
    ];
    for (const [format, build] of Object.entries(lossless)) {
      for (const [index, name] of names.entries()) {
        it(`are turned: ${format}, ${name}`, () =>
          within(async ({ pictures }) => {
            const orientation = index + 1;
            const bytes = await build().withMetadata({ orientation }).toBuffer();
            const { data, info } = await sharp(bytes)
              .autoOrient()
              .raw()
              .toBuffer({ resolveWithObject: true });
            const picture = await pictures.load(bytes);
            assert.deepEqual([picture.width, picture.height], [info.width, info.height]);
            const at = (x: number, y: number) => [
              ...data.subarray((y * info.width + x) * info.channels).subarray(0, 3),
            ];
            assert.equal(await cornersOf(picture), letters(info.width, info.height, at));
            const known = await pictures.info(bytes);
            // Width and height are the stored ones, as WeChat documents.
            assert.deepEqual([known.width, known.height, known.orientation], [8, 4, name]);
          }));
      }
    }

    it("have their parts cut from the turned picture", () =>
      within(async ({ pictures }) => {
        for (const build of Object.values(lossless)) {
          const bytes = await build().withMetadata({ orientation: 6 }).toBuffer();
          const picture = await pictures.load(bytes);
          const canvas = createCanvas(2, 2);
          canvas.getContext("2d").drawImage(picture, 0, 4, 2, 2, 0, 0, 2, 2);
          // Turned to the right, its lower left shows the former lower right.
          const [red, green, blue] = pixelsOf(canvas).at(0, 1);
          assert.ok(red > 200 && green > 200 && blue < 60);
        }
      }));

    it("are not turned by an invalid orientation", () =>
      within(async ({ pictures }) => {
        const tiff = (order: "II" | "MM", value: number) => {
          const bytes = Buffer.alloc(26);
          const little = order === "II";
          const short = (at: number, n: number) =>
            little ? bytes.writeUInt16LE(n, at) : bytes.writeUInt16BE(n, at);
          bytes.write(order);
          short(2, 42);
          little ? bytes.writeUInt32LE(8, 4) : bytes.writeUInt32BE(8, 4);
          short(8, 1);
          short(10, 0x112);
          short(12, 3);
          little ? bytes.writeUInt32LE(1, 14) : bytes.writeUInt32BE(1, 14);
          short(18, value);
          return bytes;
        };
        const webp = async (exif: Buffer) => {
          const plain = await lossless.webp().toBuffer();
          const flags = Buffer.from([
            0x56, 0x50, 0x38, 0x58, 10, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 3, 0, 0,
          ]);
          const chunk = Buffer.concat([Buffer.from("EXIF\0\0\0\0"), exif]);
          chunk.writeUInt32LE(exif.length, 4);
          const all = Buffer.concat([plain.subarray(0, 12), flags, plain.subarray(12), chunk]);
          all.writeUInt32LE(all.length - 8, 4);
          return all;
        };
        for (const [exif, orientation] of [
          [tiff("II", 3), "down"],
          [tiff("MM", 3), "down"],
          [Buffer.concat([Buffer.from("Exif\0\0"), tiff("MM", 8)]), "left"],
          [tiff("II", 0), "up"],
          [tiff("MM", 9), "up"],
          [tiff("II", 3).subarray(0, 20), "up"],
          [tiff("II", 3).subarray(0, 6), "up"],
          [Buffer.from("IIII\xff\xff\xff\xff\xff\xff", "latin1"), "up"],
          [Buffer.from("nothing at all"), "up"],
          [Buffer.alloc(0), "up"],
        ] as const) {
          assert.equal((await pictures.info(await webp(exif))).orientation, orientation);
        }
      }));
  });

  describe("within their limits", () => {
    const files = async (): Promise<Buffer[]> => [
      await lossless.png().toBuffer(),
      await lossless.jpeg().toBuffer(),
      await lossless.webp().toBuffer(),
      await sample().gif().toBuffer(),
      svg(blue),
    ];
    it("may have a side of exactly maxSide, not one more", async () => {
      for (const bytes of await files()) {
        await within(({ pictures }) => pictures.load(bytes), { limits: { maxSide: 8 } });
        await within(
          async ({ pictures }) => {
            const failure = await failureOf(() => pictures.load(bytes));
            assert.equal(failure.code, "SOURCE");
            assert.match(failure.errMsg, /it is 8 × 4; limits\.maxSide allows 7 pixels$/);
          },
          { limits: { maxSide: 7 } },
        );
      }
    });

    it("may have no more bytes than any picture needs", () =>
      within(async ({ pictures }) => {
        const path = join(base, "long.png");
        await writeFile(path, "");
        await truncate(path, LOCAL_MAX_BYTES + 1);
        const failure = await failureOf(() => pictures.load(path));
        assert.match(failure.errMsg, /long\.png": it has more than 134217728 bytes$/);
      }));

    it("may have an area of exactly maxPixels, not one more", async () => {
      for (const bytes of await files()) {
        await within(({ pictures }) => pictures.load(bytes), { images: { maxPixels: 32 } });
        await within(
          async ({ pictures }) => {
            const failure = await failureOf(() => pictures.load(bytes));
            assert.match(failure.errMsg, /it is 8 × 4; images\.maxPixels allows 31 pixels$/);
          },
          { images: { maxPixels: 31 } },
        );
      }
    });
  });

  describe("in the cache", () => {
    it("are decoded once for all hosts and sources of the same content", () =>
      within(async ({ pictures }) => {
        const bytes = await sample().png({ compressionLevel: 3 }).toBuffer();
        const [one, two] = await Promise.all([pictures.load(bytes), pictures.load(bytes)]);
        const uri = `data:;base64,${bytes.toString("base64")}`;
        assert.equal(one, two);
        assert.equal(await pictures.load(uri), one);
        await within(async (other) => assert.equal(await other.pictures.load(bytes), one));
      }));

    it("are found by a file's path, size and time: a rewritten file is read again", () =>
      within(async ({ pictures }) => {
        const path = join(base, "changing.png");
        await writeFile(path, await lossless.png().toBuffer());
        const all = await Promise.all(Array.from({ length: 40 }, () => pictures.load(path)));
        assert.equal(new Set(all).size, 1);
        const other = await sample().negate().png().toBuffer();
        await writeFile(path, other);
        await utimes(path, new Date(), new Date(Date.now() + 5000));
        const changed = await pictures.load(path);
        assert.notEqual(changed, all[0]);
        assert.notEqual(await cornersOf(changed), "RGBY");
      }));

    it("are given only to hosts that may read them", async () => {
      const path = join(base, "kept.png");
      await writeFile(path, await lossless.png().toBuffer());
      await within(({ pictures }) => pictures.load(path));
      await within(
        async ({ pictures }) => {
          assert.equal((await failureOf(() => pictures.load(path))).code, "SOURCE");
        },
        { root: join(base, "elsewhere") },
      );
    });

    it("stay while there is room: the oldest leave first", async function () {
      this.timeout(30_000);
      await within(async ({ pictures }) => {
        const big = (level: number) =>
          sharp({
            create: {
              width: 2000,
              height: 2000,
              channels: 3,
              background: { r: level, g: 0, b: 0 },
            },
          })
            .png()
            .toBuffer();
        const first = await big(1);
        const image = await pictures.load(first);
        assert.equal(await pictures.load(first), image);
        for (const level of [2, 3, 4, 5]) await pictures.load(await big(level));
        assert.notEqual(await pictures.load(first), image);
      });
    });
  });
});
