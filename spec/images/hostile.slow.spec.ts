// Pictures that are cut, corrupted or hostile: each gives a reason, none crashes or loads others.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { type Assets, serve, withAssets } from "../support/assets.ts";
import { start } from "../support/children.ts";
import { failureOf } from "../support/hosts.ts";

const WIDTH = 40;
const HEIGHT = 24;
const noise = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 7919 + (i >> 3) * 31) & 255),
);
const sample = () => sharp(noise, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const link = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
const svg = (content: string, before = "") =>
  Buffer.from(`${before}<svg ${link} width="${WIDTH}" height="${HEIGHT}">${content}</svg>`);

async function files(): Promise<Record<string, Buffer>> {
  const png = await sample().png().toBuffer();
  return {
    png,
    "interlaced png": await sample().png({ progressive: true }).toBuffer(),
    "png with a palette": await sample().png({ palette: true }).toBuffer(),
    jpeg: await sample().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    "progressive jpeg": await sample().jpeg({ progressive: true }).toBuffer(),
    webp: await sample().webp().toBuffer(),
    "lossless webp": await sample().webp({ lossless: true }).toBuffer(),
    "webp with exif": await sample().withMetadata({ orientation: 3 }).webp().toBuffer(),
    gif: await sample().gif().toBuffer(),
    svg: svg(
      `<defs><linearGradient id="g"><stop stop-color="red"/></linearGradient></defs>` +
        `<rect width="20" height="9" fill="url(#g)"/><text y="9">a &amp; b</text>` +
        `<path d="M1 1L9 9A5 5 0 0 1 9 2Z" stroke-dasharray="2 1" transform="rotate(9)"/>` +
        `<image xlink:href="data:image/png;base64,${png.toString("base64")}" width="9" height="9"/>`,
    ),
  };
}

describe("hostile pictures", () => {
  let base: string;
  before(async () => {
    base = await mkdtemp(join(tmpdir(), "spec-"));
  });
  after(() => rm(base, { recursive: true, force: true }));
  const within = <T>(test: (assets: Assets) => Promise<T>, options: object = {}) =>
    withAssets({ root: base, tempDir: base, ...options }, test);
  const refused = (bytes: Buffer, why: RegExp) =>
    within(async ({ pictures }) => {
      const failure = await failureOf(() => pictures.load(bytes));
      assert.equal(failure.code, "SOURCE");
      assert.match(failure.errMsg, why);
    });

  it("are refused when they are cut off anywhere", async function () {
    this.timeout(60_000);
    await within(async ({ pictures }) => {
      for (const [name, bytes] of Object.entries(await files())) {
        // A GIF is whole when its first picture is whole; only the end mark follows.
        const whole = name === "gif" ? bytes.length - 1 : bytes.length;
        for (let length = 0; length < whole; length += length < 200 ? 1 : 17) {
          const failure = await failureOf(() => pictures.load(bytes.subarray(0, length))).catch(
            () => assert.fail(`${name} of ${bytes.length} bytes, cut to ${length}`),
          );
          assert.equal(failure.code, "SOURCE");
          assert.match(
            failure.errMsg,
            /^fail \d+ bytes: (the \w+ (is cut off before its end|is damaged|cannot be decoded)|expected a PNG)/,
          );
        }
        assert.ok((await pictures.load(bytes)).width > 0);
      }
    });
  });

  it("are refused with a flipped bit, in PNG; bytes after the end are ignored", async () => {
    const { png = Buffer.alloc(0), jpeg = png } = await files();
    for (const at of [18, 30, png.length >> 1, png.length - 2]) {
      const bytes = Buffer.from(png);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await refused(bytes, /: the PNG is (damaged|cut off before its end)$/);
    }
    await within(async ({ pictures }) => {
      for (const bytes of [png, jpeg]) {
        await pictures.load(Buffer.concat([bytes, Buffer.from("more")]));
      }
    });
  });

  it("give a picture or a reason when corrupted at random, never a crash", async function () {
    this.timeout(300_000);
    const rounds = 10_000;
    for (const [name, bytes] of Object.entries(await files())) {
      await writeFile(join(base, `${name}.seed`), bytes);
    }
    const { code, signal, stdout, stderr } = await start(
      `
      import { readdirSync, readFileSync } from "node:fs";
      import { createCanvas } from "@napi-rs/canvas";
      import { withAssets } from ${JSON.stringify(new URL("../support/assets.ts", import.meta.url).href)};
      const base = ${JSON.stringify(base)};
      const seeds = readdirSync(base).filter((name) => name.endsWith(".seed")).sort();
      let state = 20261122;
      const random = (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const count = { drawn: 0, refused: 0 };
      await withAssets({ root: base, tempDir: base }, async ({ pictures }) => {
        for (let round = 0; round < ${rounds}; round++) {
          const seed = readFileSync(base + "/" + seeds[random(seeds.length)]);
          let bytes = Buffer.from(seed);
          const at = random(bytes.length);
          switch (random(8)) {
            case 0: bytes = bytes.subarray(0, at); break;
            case 1: bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(40))]); break;
            case 2: bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))]); break;
            default:
              for (let i = random(8); i >= 0; i--) {
                const where = random(random(2) ? bytes.length : Math.min(200, bytes.length));
                bytes[where] = random(3) ? random(256) : [0, 127, 128, 255][random(4)];
              }
          }
          try {
            const picture = await pictures.load(bytes);
            const context = createCanvas(32, 32).getContext("2d");
            context.drawImage(picture, 0, 0, 32, 32);
            context.getImageData(0, 0, 1, 1);
            count.drawn++;
          } catch (error) {
            if (error.code !== "SOURCE") throw error;
            count.refused++;
          }
        }
      });
      console.log(JSON.stringify(count));
    `,
      // A JPEG without its end marker causes a warning.
      { NODE_NO_WARNINGS: "1" },
    ).ended;
    assert.deepEqual([code, signal, stderr], [0, null, ""]);
    const { drawn, refused } = JSON.parse(stdout);
    assert.equal(drawn + refused, rounds);
    assert.ok(drawn > rounds / 100 && refused > rounds / 2, stdout);
  });

  describe("with huge sizes are refused before they are decoded", () => {
    const bombs: [string, () => Promise<Buffer>][] = [
      ["a PNG of 30000 × 30000 in 110 kB", async () => pngOf(30_000, 30_000, true)],
      ["a PNG by its header only", async () => pngOf(2 ** 31 - 1, 2 ** 31 - 1, false)],
      [
        "a JPEG",
        async () => patched((await files()).jpeg, [0xff, 0xc0], 5, [0x75, 0x30, 0x75, 0x30]),
      ],
      [
        "a WebP",
        async () => patched((await files()).webp, [0x9d, 0x01, 0x2a], 3, [0xff, 0x3f, 0xff, 0x3f]),
      ],
      [
        "a lossless WebP",
        async () => patched((await files())["lossless webp"], [0x2f], 1, [0xff, 0xff, 0xff, 0x0f]),
      ],
      [
        "a GIF",
        async () => patched((await files()).gif, [0x47, 0x49, 0x46], 6, [0x30, 0x75, 0x30, 0x75]),
      ],
      [
        "a GIF by its first frame",
        async () => patched((await files()).gif, [0x2c, 0, 0, 0, 0], 5, [0x30, 0x75, 0x30, 0x75]),
      ],
      [
        "a GIF by the place of its first frame",
        async () => patched((await files()).gif, [0x2c, 0, 0, 0, 0], 1, [0xff, 0xff, 0xff, 0xff]),
      ],
      ["an SVG", async () => Buffer.from(`<svg ${link} width="30000" height="30000"/>`)],
      [
        "an SVG by its viewBox",
        async () => Buffer.from(`<svg ${link} width="5" viewBox="0 0 1 100000"/>`),
      ],
    ];
    for (const [name, build] of bombs) {
      it(name, async () => {
        const bytes = await build();
        global.gc?.();
        const before = process.memoryUsage().rss;
        const start = performance.now();
        await refused(
          bytes,
          /it is \d+ × \d+; (limits\.maxSide|images\.maxPixels) allows \d+ pixels$/,
        );
        assert.ok(performance.now() - start < 10_000);
        assert.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024);
      });
    }

    it("end the helper or are not drawn inside an SVG", async () => {
      const embedded = (bytes: Buffer, type = "png") =>
        svg(`<image xlink:href="data:image/${type};base64,${bytes.toString("base64")}"/>`);
      await refused(embedded(svg(""), "svg+xml"), /the SVG has another SVG in it$/);
      const before = process.memoryUsage().rss;
      await within(async ({ pictures }) => {
        for (const bytes of [pngOf(30_000, 30_000, true), svg(""), Buffer.from("nothing")]) {
          await pictures.load(embedded(bytes)).catch(({ code }) => assert.equal(code, "SOURCE"));
        }
      });
      assert.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024);
    });
  });

  describe("without a size, or of an unknown format", () => {
    const rows: [string, () => Buffer | Promise<Buffer>, RegExp][] = [
      ["nothing", () => Buffer.alloc(0), /it is empty$/],
      ["one byte", () => Buffer.from("a"), /its bytes are none of these$/],
      [
        "text",
        () => Buffer.from("<html><svg></svg></html>"),
        /not an HTML page; .* none of these$/,
      ],
      ["XML", () => Buffer.from('<?xml version="1.0"?><a><svg/></a>'), /none of these$/],
      ["a comment without end", () => Buffer.from("<!-- <svg>"), /none of these$/],
      [
        "a document type without end",
        () => Buffer.from("<!DOCTYPE svg"),
        /none of these|cannot be read$/,
      ],
      ["BMP", () => Buffer.from("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), /not a BMP; /],
      ["TIFF", () => sample().tiff().toBuffer(), /none of these$/],
      ["PDF", () => Buffer.from("%PDF-1.7"), /none of these$/],
      ["a PNG of no width", () => pngOf(0, 5, false), /the PNG is damaged$/],
      [
        "a PNG without a header",
        () => Buffer.concat([PNG, chunk("IDAT", noise)]),
        /the PNG is damaged$/,
      ],
      [
        "a JPEG of no height",
        async () => patched((await files()).jpeg, [0xff, 0xc0], 5, [0, 0]),
        /the JPEG is damaged$/,
      ],
      [
        "a JPEG without a frame",
        () => Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9]),
        /the JPEG is damaged$/,
      ],
      [
        "a JPEG with a short frame",
        () => Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 3, 0, 0xff, 0xd9]),
        /the JPEG is damaged$/,
      ],
      [
        "a JPEG of something else",
        () => Buffer.from([0xff, 0xd8, 0xff, 0xff, 0x01, 0, 0, 0, 0]),
        /the JPEG is damaged$/,
      ],
      [
        "a WebP of something else",
        () => Buffer.from("RIFF\x12\0\0\0WEBPALPH\x06\0\0\0......"),
        /the WebP is damaged$/,
      ],
      [
        "a WebP with nothing in it",
        () => Buffer.from("RIFF\x04\0\0\0WEBP"),
        /the WebP is damaged$/,
      ],
      [
        "a WebP with a part that ends early",
        () => Buffer.from("RIFF\x12\0\0\0WEBPVP8 \xff\0\0\0......", "latin1"),
        /the WebP is cut off/,
      ],
      [
        "a GIF with a strange block",
        () => Buffer.from("GIF89a\x01\0\x01\0\0\0\0\x99.........."),
        /the GIF is damaged$/,
      ],
      [
        "a GIF of no size",
        async () =>
          patched(
            patched((await files()).gif, [0x47], 6, [0, 0, 0, 0]),
            [0x2c, 0],
            5,
            [0, 0, 0, 0],
          ),
        /the GIF is (damaged|cut off)/,
      ],
      [
        "an SVG of no width",
        () => Buffer.from(`<svg ${link} width="0" height="5"/>`),
        /the svg has no size$/,
      ],
      ["an SVG that is not well-formed", () => svg("<a>"), /the svg cannot be decoded$/],
    ];
    for (const [name, build, why] of rows) {
      it(name, async () => refused(await build(), why));
    }

    const uris: [string, RegExp][] = [
      ["data:", /the data URI has no comma$/],
      ["data:,", /it is empty$/],
      ["data:image/png;base64,", /it is empty$/],
      ["data:image/png;base64,!!!!", /it is empty$/],
      ["data:image/png,%zz", /none of these$/],
    ];
    for (const [uri, why] of uris) {
      it(uri, () =>
        within(async ({ pictures }) => {
          assert.match((await failureOf(() => pictures.load(uri))).errMsg, why);
        }),
      );
    }
  });

  describe("SVGs", () => {
    it("are refused when they refer to files or URLs; nothing is requested", async () => {
      const secret = join(base, "secret.png");
      await writeFile(secret, await sample().png().toBuffer());
      const server = await serve((_, response) => response.end());
      try {
        const targets = [
          secret,
          "secret.png",
          "../secret.png",
          "/secret.png",
          pathToFileURL(secret).href,
          "file:///etc/passwd",
          `${server.origin}/a.png`,
          `//127.0.0.1:${server.port}/a.png`,
          " http://127.0.0.1/",
          "&#102;ile:///etc/passwd",
          "&#x66;ile:///etc/passwd",
          "",
        ];
        for (const target of targets) {
          for (const element of [
            `<image xlink:href="${target}" width="9" height="9"/>`,
            `<image href='${target}' width="9" height="9"/>`,
            `<image x="1"\n\txlink:href = "${target}" width="9" height="9"></image>`,
            `<use xlink:href="${target}#a"/>`,
            `<filter id="f"><feImage xlink:href="${target}"/></filter><rect filter="url(#f)"/>`,
            `<script href="${target}"/>`,
            `<x:image xmlns:x="http://www.w3.org/2000/svg" href="${target}"/>`,
            `<g/><!-- --><g><![CDATA[ " ]]><image href="${target}"/></g>`,
          ]) {
            // A reference to a part of the SVG itself.
            if (target === "" && element.startsWith("<use")) continue;
            await refused(svg(element), /the SVG has a reference to something outside, "/);
          }
        }
        // Style sheets, which the engine ignores anyway.
        await within(async ({ pictures }) => {
          const url = `${server.origin}/a.css`;
          await pictures.load(
            svg(
              `<style>@import url(${url}); rect { fill: url(${url}) }</style><rect width="9" height="9"/>`,
              `<?xml version="1.0"?><?xml-stylesheet href="${url}"?><!DOCTYPE svg SYSTEM "${server.origin}/a.dtd">`,
            ),
          );
        });
        assert.equal(server.connections(), 0);
      } finally {
        await server.close();
      }
    });

    it("draw nothing of declarations that could hide something", async () => {
      for (const declarations of [
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY a PUBLIC "a" "http://127.0.0.1/">',
        '<!ENTITY % a "b">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;',
        '<!ENTITY a "&#60;image href=&#34;file:///etc/passwd&#34;/>">',
        `<!ENTITY a "<image href='file:///etc/passwd'/>">`,
        '<!ENTITY a "]>">',
        '<!-- "]>" -->',
        '<!ATTLIST svg a CDATA "b">',
        '<!ENTITY a "b"',
        '<!ENTITY a "b"><!ENTITY a "c">',
      ]) {
        await bounded(svg("&a;", `<!DOCTYPE svg [${declarations}]>`));
      }
      for (const before of [
        "<!DOCTYPE svg [",
        '<!DOCTYPE svg PUBLIC "a>',
        "<!WHAT>",
        "<!DOCTYPE svg x>",
      ]) {
        await bounded(svg("", `<?xml version="1.0"?>${before}`));
      }
    });

    /** The SVG is drawn or refused, soon, and the process lives. */
    const bounded = (bytes: Buffer) =>
      within(async ({ pictures }) => {
        await pictures.load(bytes).catch((error) => {
          assert.equal(error.code, "SOURCE");
          assert.match(error.errMsg, BOUNDED);
        });
      });
    const BOUNDED =
      /(cannot be decoded|reference to something outside, .*|than a picture may|ended the process that renders it.*|has no size|none of these)$/;

    const times = (count: number, text: string) => text.repeat(count);
    const bombs: [string, () => Buffer][] = [
      ["nested a million deep", () => svg(times(1e6, "<g>") + times(1e6, "</g>"))],
      ["nested ten thousand deep", () => svg(times(1e4, "<g>") + times(1e4, "</g>"))],
      ["of a million elements", () => svg(times(1e6, "<g/>"))],
      [
        "of a hundred thousand attributes",
        () => svg(`<g ${Array.from({ length: 1e5 }, (_, i) => `a${i}=""`).join(" ")}/>`),
      ],
      ["of five million letters", () => svg(`<text>${times(5e6, "a")}</text>`)],
      [
        "of entities within entities",
        () => svg("&b;", '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'),
      ],
      [
        "of a long entity used often, behind another declaration",
        () =>
          svg(
            `<text>${times(30_000, "&a;")}</text>`,
            `<!-- <!DOCTYPE svg> --><!DOCTYPE svg [<!ENTITY a "${times(1e5, "x")}">]>`,
          ),
      ],
      [
        "of a long entity used often",
        () =>
          svg(
            `<text>${times(30_000, "&a;")}</text>`,
            `<!DOCTYPE svg [<!ENTITY a "${times(1e5, "x")}">]>`,
          ),
      ],
    ];
    for (const [name, build] of bombs) {
      it(name, async () => {
        const start = performance.now();
        await bounded(build());
        assert.ok(performance.now() - start < 15_000);
      });
    }
  });
});

const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/** A black PNG, one bit a pixel, with as much data as its header promises, or less. */
function pngOf(width: number, height: number, isFull: boolean): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = isFull ? Buffer.alloc((Math.ceil(width / 8) + 1) * height) : Buffer.alloc(9);
  return Buffer.concat([
    PNG,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The file with some bytes replaced, at an offset from the first place of the mark. */
function patched(
  file: Buffer | undefined,
  mark: number[],
  behind: number,
  bytes: number[],
): Buffer {
  const copy = Buffer.from(file ?? []);
  const at = copy.indexOf(Buffer.from(mark));
  assert.ok(at >= 0);
  copy.set(bytes, at + behind);
  return copy;
}
