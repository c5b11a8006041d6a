// Fonts: registered once per content, used as fallbacks, and reported when they are missing.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { GlobalFonts } from "@napi-rs/canvas";
import { readFontFile } from "../../lib/fonts/font-file.ts";
import { loadedFonts } from "../../lib/fonts/fonts.ts";
import { createHost, loadFont } from "../../lib/index.ts";
import { FONT_MAX_BYTES } from "../../lib/limits.ts";
import { serve } from "../support/assets.ts";
import { asTrueType } from "../support/font-files.ts";
import { failureOf, withHost } from "../support/hosts.ts";

const { resolve } = createRequire(import.meta.url);
const notoPath = (name: string) => resolve(`@fontsource/noto-sans-sc/files/noto-sans-sc-${name}`);
const noto = (name: string) => readFile(notoPath(name));
const CHINESE = "chinese-simplified-400-normal.woff2";
const LATIN = "latin-400-normal.woff2";

const styleOf = (bytes: Buffer) => readFontFile(bytes).style;

/** Fonts stay for the whole process: every test has families of its own. */
let count = 0;
const family = () => `Spec ${count++}`;

describe("loadFont", () => {
  it("registers a font by its path, its URL or its bytes, in every format", () =>
    withHost({}, async (host) => {
      const path = notoPath(LATIN);
      for (const source of [
        path,
        pathToFileURL(path),
        pathToFileURL(path).href,
        await noto(LATIN),
        new Uint8Array(await noto(LATIN)),
        await noto("latin-400-normal.woff"),
        asTrueType(await noto("latin-400-normal.woff")),
      ]) {
        const name = family();
        await host.loadFont(source, name);
        assert.ok(GlobalFonts.has(name));
      }
    }));

  it("reads fonts outside of the folders of pictures, too", async () => {
    const base = await mkdtemp(join(tmpdir(), "spec-"));
    const path = join(base, "a font.woff2");
    await writeFile(path, await noto(LATIN));
    await withHost({ root: join(base, "package") }, async (host) => {
      for (const source of [path, pathToFileURL(path).href, pathToFileURL(path)]) {
        const name = family();
        await host.loadFont(source, name);
        assert.ok(GlobalFonts.has(name));
      }
    });
    await rm(base, { recursive: true });
  });

  it("has registered it when it returns", () => {
    const name = family();
    const loading = loadFont(notoPath(LATIN), name);
    assert.ok(GlobalFonts.has(name));
    return loading;
  });

  it("does nothing for the same font again, in any host", async () => {
    const name = family();
    await withHost({}, (host) => host.loadFont(notoPath(LATIN), name));
    const styles = () => GlobalFonts.families.find((one) => one.family === name)?.styles.length;
    assert.equal(styles(), 1);
    await withHost({}, (host) => host.loadFont(notoPath(LATIN), name));
    await loadFont(await noto(LATIN), name.toUpperCase());
    assert.equal(styles(), 1);
  });

  it("accepts other styles of a family, and refuses other bytes of the same style", async () => {
    const name = family();
    await loadFont(notoPath(LATIN), name);
    await loadFont(notoPath("latin-700-normal.woff2"), name);
    const failure = await failureOf(() => loadFont(notoPath(CHINESE), name));
    assert.equal(failure.code, "INVALID");
    assert.equal(
      failure.errMsg,
      `loadFont:fail family: "${name}" (weight 400) is another font already`,
    );
    assert.match(failure.message, /shared by the whole process/);
  });

  it("survives the host that loaded it", async () => {
    const name = family();
    const host = createHost();
    await host.loadFont(notoPath(LATIN), name);
    await host.dispose();
    assert.ok(GlobalFonts.has(name));
    assert.equal((await failureOf(() => host.loadFont(notoPath(LATIN), name))).code, "DISPOSED");
  });

  const wrong: [string, () => unknown, unknown, string, RegExp][] = [
    [
      "no font",
      () => Buffer.from("\0no font"),
      "a",
      "SOURCE",
      /8 bytes: expected a TTF, OTF, WOFF or WOFF2 font; its bytes are none of these$/,
    ],
    [
      "a page of HTML",
      () => Buffer.from("<html>not found</html>"),
      "a",
      "SOURCE",
      /22 bytes: expected a TTF, OTF, WOFF or WOFF2 font, not an HTML page; its bytes/,
    ],
    ["no bytes", () => Buffer.alloc(0), "a", "SOURCE", /0 bytes: expected a .* font; it is empty$/],
    ["no file", () => "/nowhere/font.ttf", "a", "ENOENT", /ENOENT/],
    ["a folder", () => tmpdir(), "a", "EISDIR", /EISDIR/],
    ["no path", () => 5, "a", "INVALID", /source: expected the path or the bytes of a font, got 5/],
    [
      "a URL",
      () => "https://example.com/a.ttf",
      "a",
      "SOURCE",
      /expected a path, not a URL of https:/,
    ],
    [
      "no family",
      () => notoPath(LATIN),
      "",
      "INVALID",
      /family: expected the name of a font family/,
    ],
    ["a family of blanks", () => notoPath(LATIN), " ", "INVALID", /family: expected/],
    ["a family that is no text", () => notoPath(LATIN), 5, "INVALID", /family: .* got 5/],
  ];
  for (const [name, source, familyName, code, errMsg] of wrong) {
    it(`refuses ${name}`, async () => {
      const failure = await failureOf(() => loadFont(source() as never, familyName as never));
      assert.equal(failure.code, code);
      assert.match(failure.errMsg, errMsg);
    });
  }

  it("refuses a file that is cut off at any byte", async () => {
    for (const bytes of [
      await noto(LATIN),
      await noto("latin-400-normal.woff"),
      asTrueType(await noto("latin-400-normal.woff")),
    ]) {
      for (const part of [0.999, 0.9, 0.5, 0.1, 0.01, 0.001]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        assert.equal((await failureOf(() => loadFont(cut, family()))).code, "SOURCE");
      }
    }
  });

  it("refuses a file that is too long or only looks like a font", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "spec-")), "long.ttf");
    await writeFile(path, "");
    await truncate(path, FONT_MAX_BYTES + 1);
    const failure = await failureOf(() => loadFont(path, family()));
    assert.match(failure.errMsg, /long\.ttf": the font has more than 134217728 bytes$/);
    const long = await failureOf(() => loadFont(Buffer.alloc(FONT_MAX_BYTES + 1), "Long"));
    assert.match(long.errMsg, /"Long": the font has more than/);
    const bytes = asTrueType(await noto("latin-400-normal.woff"));
    const tables = bytes.readUInt16BE(4);
    for (let i = 0; i < tables; i++) bytes.write(i % 2 ? "none" : "nope", 12 + i * 16);
    const broken = await failureOf(() => loadFont(bytes, family()));
    assert.match(broken.errMsg, /the engine cannot read the font$/);
  });

  it("refuses a font whose characters cannot be read", async () => {
    const bytes = asTrueType(await noto("latin-400-normal.woff"));
    // The entry of the table has its length.
    bytes.writeUInt32BE(5, bytes.indexOf("cmap") + 12);
    const failure = await failureOf(() => loadFont(bytes, family()));
    assert.match(failure.errMsg, /the font is damaged, or cut off before its end$/);
  });

  it("reports an italic style", async () => {
    const [one, other] = [asTrueType(await noto("latin-400-normal.woff")), await noto(LATIN)];
    const at = one.readUInt32BE(one.indexOf("OS/2") + 8) + 62;
    const name = family();
    one.writeUInt16BE(one.readUInt16BE(at) | 1, at);
    await loadFont(one, name);
    await loadFont(other, name);
    one.writeUInt8(1, 11);
    const failure = await failureOf(() => loadFont(one, name));
    assert.match(failure.errMsg, /\(weight 400, italic\) is another font already$/);
    const listed = Object.keys(loadedFonts());
    assert.ok(listed.includes(`${name.toLowerCase()} 400`));
    assert.ok(listed.includes(`${name.toLowerCase()} 400 italic`));
  });

  it("refuses a file that unpacks to more bytes than a font has", async () => {
    const bomb = Buffer.concat([
      Buffer.from("wOF2\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0", "latin1"),
      Buffer.alloc(24),
      // OS/2, 100 bytes long.
      Buffer.from([6, 100]),
      brotliCompressSync(Buffer.alloc(1024 * 1024)),
    ]);
    bomb.writeUInt32BE(bomb.length - 50, 20);
    const failure = await failureOf(() => loadFont(bomb, family()));
    assert.equal(failure.code, "SOURCE");
    assert.equal((failure.cause as { code?: string }).code, "ERR_BUFFER_TOO_LARGE");
    // 6 tables of 2 GiB each; the sizes are stored in seven bits a byte.
    const huge = Buffer.concat([
      bomb.subarray(0, 48),
      Buffer.from([6, 0x87, 0xff, 0xff, 0xff, 0x7f]),
    ]);
    const { cause } = await failureOf(() => loadFont(huge, family()));
    assert.match(String(cause), /more than 134217728 bytes$/);
    const endless = Buffer.concat([bomb.subarray(0, 48), Buffer.alloc(20, 0xff)]);
    assert.equal((await failureOf(() => loadFont(endless, family()))).code, "SOURCE");
  });
});

describe("the style of a font file", () => {
  const rows: [string, number][] = [
    [CHINESE, 400],
    ["chinese-simplified-700-normal.woff2", 700],
    ["chinese-simplified-700-normal.woff", 700],
    ["latin-900-normal.woff2", 900],
  ];
  for (const [name, weight] of rows) {
    it(name, async () => {
      assert.deepEqual(styleOf(await noto(name)), { weight, width: 5, isSlanted: false });
    });
  }

  it("is read from an unpacked WOFF and from a packed collection", () => {
    const os2 = Buffer.alloc(96);
    os2.writeUInt16BE(300, 4);
    os2.writeUInt16BE(5, 6);
    const woff = Buffer.concat([Buffer.alloc(64), os2]);
    woff.write("wOFF");
    woff.writeUInt16BE(1, 12);
    woff.write("OS/2", 44);
    for (const [field, value] of [64, 96, 96].entries()) woff.writeUInt32BE(value, 48 + field * 4);
    assert.equal(styleOf(woff).weight, 300);
    const collection = Buffer.concat([Buffer.from("wOF2ttcf"), Buffer.alloc(40)]);
    assert.equal(styleOf(collection).weight, 400);
  });

  it("is read from TrueType fonts, collections, slanted fonts, and without a style", async () => {
    const ttf = asTrueType(await noto("latin-700-normal.woff"));
    const style = { weight: 700, width: 5, isSlanted: false };
    assert.deepEqual(styleOf(ttf), style);
    const header = Buffer.from("ttcf\0\x01\0\0\0\0\0\x01\0\0\0\x10", "latin1");
    assert.deepEqual(styleOf(moved(header, ttf)), style);
    const at = ttf.indexOf("OS/2");
    const slanted = Buffer.from(ttf);
    slanted.writeUInt16BE(1, slanted.readUInt32BE(at + 8) + 62);
    assert.deepEqual(styleOf(slanted), { ...style, isSlanted: true });
    const silent = Buffer.from(ttf);
    silent.write("OS/3", at);
    assert.deepEqual(styleOf(silent), { ...style, weight: 400 });
  });
});

describe("wx.loadFontFace", () => {
  it("loads a data URI, a path, and a URL that the host may fetch", async () => {
    const bytes = await noto(LATIN);
    const server = await serve((_, response) => response.end(bytes));
    const base = await mkdtemp(join(tmpdir(), "spec-"));
    try {
      await writeFile(join(base, "a.woff2"), bytes);
      const images = { remote: true, privateOrigins: [server.origin] };
      await withHost({ root: base, images }, async ({ wx }) => {
        for (const source of [
          `data:font/woff2;base64,${bytes.toString("base64")}`,
          `url("data:font/woff2;base64,${bytes.toString("base64")}")`,
          `url("${server.origin}/a.woff2")`,
          `url('${server.origin}/a.woff2') format("woff2")`,
          ` URL( ${server.origin}/a.woff2 ) `,
          `${server.origin}/a.woff2`,
          'url("/a.woff2")',
          "a.woff2",
        ]) {
          const name = family();
          const result = await wx.loadFontFace({ family: name, source });
          assert.deepEqual(result, { status: "loaded", errMsg: "loadFontFace:ok" });
          assert.ok(GlobalFonts.has(name));
        }
      });
    } finally {
      await server.close();
      await rm(base, { recursive: true });
    }
  });

  it("fails as in WeChat: status error, the same object for fail and complete", async () => {
    const server = await serve((_, response) => response.end("no font"));
    const root = await mkdtemp(join(tmpdir(), "spec-"));
    try {
      for (const [options, code] of [
        [{ family: "a", source: `url("${server.origin}/a.woff2")` }, "SOURCE"],
        [{ family: "a", source: 'url("https://example.com/a.woff2")' }, "SOURCE"],
        [{ family: "a", source: 'url("/etc/passwd")' }, "SOURCE"],
        [{ family: "a", source: `url("${notoPath(LATIN)}")` }, "SOURCE"],
        [{ family: "a", source: "data:font/ttf;base64,AAAA" }, "SOURCE"],
        [{ family: "a", source: 5 }, "INVALID"],
        [{ source: "url(a)" }, "INVALID"],
        [undefined, "INVALID"],
      ] as const) {
        const received: unknown[] = [];
        await withHost({ root, onError: (error) => received.push(error) }, async ({ wx }) => {
          if (options === undefined) {
            const failure = await failureOf(() => wx.loadFontFace(options as never));
            assert.equal((failure as { status?: string }).status, "error");
            return;
          }
          await new Promise<void>((resolve) => {
            const result = wx.loadFontFace({
              ...(options as { family: string; source: string }),
              fail: (error) => received.push(error),
              complete(error) {
                received.push(error);
                resolve();
              },
            });
            assert.equal(result, undefined);
          });
        });
        if (options === undefined) continue;
        const [failure] = received as { code: string; status: string; errMsg: string }[];
        assert.equal(received.length, 2);
        assert.equal(received[1], failure);
        assert.deepEqual([failure?.status, failure?.code], ["error", code]);
        assert.match(failure?.errMsg ?? "", /^loadFontFace:fail ./);
      }
      assert.equal(server.connections(), 0);
    } finally {
      await server.close();
      await rm(root, { recursive: true });
    }
  });
});

/** The font behind a header, its offsets counted from there. */
function moved(header: Buffer, font: Buffer): Buffer {
  const copy = Buffer.from(font);
  for (let i = 0; i < copy.readUInt16BE(4); i++) {
    const field = 20 + i * 16;
    copy.writeUInt32BE(copy.readUInt32BE(field) + header.length, field);
  }
  return Buffer.concat([header, copy]);
}
