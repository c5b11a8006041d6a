// Fonts: registered once per content, fallen back to, and missed in time.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, inflateSync } from "node:zlib";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { createMissingWarning, fontFor, missingCharacters } from "../../lib/fonts/fallback.ts";
import { readFontStyle } from "../../lib/fonts/font-file.ts";
import { createHost, loadFont } from "../../lib/index.ts";
import { FONT_MAX_BYTES } from "../../lib/limits.ts";
import { serve } from "../support/assets.ts";
import { start } from "../support/children.ts";
import { failureOf, withHost } from "../support/hosts.ts";

const { resolve } = createRequire(import.meta.url);
const notoPath = (name: string) => resolve(`@fontsource/noto-sans-sc/files/noto-sans-sc-${name}`);
const noto = (name: string) => readFile(notoPath(name));
const CHINESE = "chinese-simplified-400-normal.woff2";
const LATIN = "latin-400-normal.woff2";

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

  it("finds one anywhere on the machine, whatever the folders of pictures are", async () => {
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

  it("does nothing for the same font again, in whatever host", async () => {
    const name = family();
    await withHost({}, (host) => host.loadFont(notoPath(LATIN), name));
    const styles = () => GlobalFonts.families.find((one) => one.family === name)?.styles.length;
    assert.equal(styles(), 1);
    await withHost({}, (host) => host.loadFont(notoPath(LATIN), name));
    await loadFont(await noto(LATIN), name.toUpperCase());
    assert.equal(styles(), 1);
  });

  it("takes other styles of a family, and refuses other bytes of the same style", async () => {
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
    ["no font", () => Buffer.from("no font"), "a", "SOURCE", /expected a TTF, OTF, WOFF or WOFF2/],
    ["no bytes", () => Buffer.alloc(0), "a", "SOURCE", /expected a TTF, OTF, WOFF or WOFF2/],
    ["no file", () => "/nowhere/font.ttf", "a", "ENOENT", /ENOENT/],
    ["a folder", () => tmpdir(), "a", "EISDIR", /EISDIR/],
    ["no path", () => 5, "a", "INVALID", /source: expected the path or the bytes of a font, got 5/],
    ["a URL", () => "https://example.com/a.ttf", "a", "SOURCE", /it is no local path/],
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

  it("refuses what is cut off, wherever", async () => {
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

  it("refuses a file that is too long, and what only looks like a font", async () => {
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

  it("says of an italic that it is one", async () => {
    const [one, other] = [asTrueType(await noto("latin-400-normal.woff")), await noto(LATIN)];
    const at = one.readUInt32BE(one.indexOf("OS/2") + 8) + 62;
    const name = family();
    one.writeUInt16BE(one.readUInt16BE(at) | 1, at);
    await loadFont(one, name);
    await loadFont(other, name);
    one.writeUInt8(1, 11);
    const failure = await failureOf(() => loadFont(one, name));
    assert.match(failure.errMsg, /\(weight 400, italic\) is another font already$/);
  });

  it("refuses what unpacks to more than a font has", async () => {
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
    // 6 tables of 2 GiB each, told in seven bits a byte.
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
      assert.deepEqual(readFontStyle(await noto(name)), { weight, width: 5, isSlanted: false });
    });
  }

  it("of a WOFF that is not packed, and of a packed collection", () => {
    const os2 = Buffer.alloc(96);
    os2.writeUInt16BE(300, 4);
    os2.writeUInt16BE(5, 6);
    const woff = Buffer.concat([Buffer.alloc(64), os2]);
    woff.write("wOFF");
    woff.writeUInt16BE(1, 12);
    woff.write("OS/2", 44);
    for (const [field, value] of [64, 96, 96].entries()) woff.writeUInt32BE(value, 48 + field * 4);
    assert.equal(readFontStyle(woff).weight, 300);
    const collection = Buffer.concat([Buffer.from("wOF2ttcf"), Buffer.alloc(40)]);
    assert.equal(readFontStyle(collection).weight, 400);
  });

  it("of a TrueType font, a collection, one that is slanted, and one that does not say", async () => {
    const ttf = asTrueType(await noto("latin-700-normal.woff"));
    const style = { weight: 700, width: 5, isSlanted: false };
    assert.deepEqual(readFontStyle(ttf), style);
    const header = Buffer.from("ttcf\0\x01\0\0\0\0\0\x01\0\0\0\x10", "latin1");
    assert.deepEqual(readFontStyle(moved(header, ttf)), style);
    const at = ttf.indexOf("OS/2");
    const slanted = Buffer.from(ttf);
    slanted.writeUInt16BE(1, slanted.readUInt32BE(at + 8) + 62);
    assert.deepEqual(readFontStyle(slanted), { ...style, isSlanted: true });
    const silent = Buffer.from(ttf);
    silent.write("OS/3", at);
    assert.deepEqual(readFontStyle(silent), { ...style, weight: 400 });
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

  it("fails as WeChat says it: status error, fail and complete with the same object", async () => {
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
        const told: unknown[] = [];
        await withHost({ root, onError: (error) => told.push(error) }, async ({ wx }) => {
          if (options === undefined) {
            const failure = await failureOf(() => wx.loadFontFace(options as never));
            assert.equal((failure as { status?: string }).status, "error");
            return;
          }
          await new Promise<void>((resolve) => {
            const result = wx.loadFontFace({
              ...(options as { family: string; source: string }),
              fail: (error) => told.push(error),
              complete(error) {
                told.push(error);
                resolve();
              },
            });
            assert.equal(result, undefined);
          });
        });
        if (options === undefined) continue;
        const [failure] = told as { code: string; status: string; errMsg: string }[];
        assert.equal(told.length, 2);
        assert.equal(told[1], failure);
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

describe("text", () => {
  /** How dark the text comes out, pixel by pixel. */
  const drawn = (text: string, font: string) => {
    const context = createCanvas(40 * text.length, 50).getContext("2d");
    context.font = font;
    context.fillText(text, 0, 40);
    return Buffer.from(context.getImageData(0, 0, 40 * text.length, 50).data);
  };

  it("falls back to a registered font for what the named ones do not have", async () => {
    const before = fontFor("32px Before");
    const name = family();
    await loadFont(notoPath(LATIN), name);
    assert.equal(before.includes(name), false);
    assert.ok(fontFor("32px Before").endsWith(`, "${name}"`));
    await loadFont(notoPath(CHINESE), "Spec Chinese");
    for (const css of [
      "32px sans-serif",
      '32px "PingFang SC"',
      '32px "Microsoft YaHei", "Helvetica Neue", system-ui',
      "bold 32px Nowhere, serif",
    ]) {
      const font = fontFor(css);
      assert.ok(font.startsWith(`${css}, system-ui, `), font);
      assert.deepEqual(missingCharacters("中文字体：图片", css), []);
      const weight = css.startsWith("bold") ? "bold " : "";
      assert.deepEqual(drawn("中文", font), drawn("中文", `${weight}32px "Spec Chinese"`));
    }
  });

  it("keeps the installed face for what that has", async () => {
    const plain = drawn("Abc 123", "32px sans-serif");
    await loadFont(notoPath(CHINESE), "Spec Chinese");
    assert.deepEqual(drawn("Abc 123", fontFor("32px sans-serif")), plain);
    assert.notDeepEqual(drawn("Abc 123", '32px "Spec Chinese"'), plain);
  });

  it("knows of a font that the program registered without us", async () => {
    const css = "20px A";
    fontFor(css);
    const name = 'Spec "quoted" \\ name';
    GlobalFonts.register(await noto(LATIN), name);
    assert.ok(!fontFor(css).includes("quoted"));
    // A new font, or a missing character, has it look again.
    assert.ok(fontFor("21px A").includes('"Spec \\"quoted\\" \\\\ name"'));
    assert.ok(fontFor(css).includes("quoted"));
  });

  it("a font that cannot be read is the default one", () => {
    assert.deepEqual(missingCharacters("Abc", "nonsense"), []);
    assert.deepEqual(missingCharacters("é", "nonsense"), []);
  });

  it("what nothing has is told, what draws nothing is not", () => {
    const css = "20px sans-serif";
    assert.deepEqual(missingCharacters("", css), []);
    assert.deepEqual(missingCharacters("plain ~ text", css), []);
    assert.deepEqual(missingCharacters("é\n\t\u00a0\u3000\u200b\u200d\ufe0f\ufeff\ud800", css), []);
    assert.deepEqual(missingCharacters("\u{e0fff}\u0378x\u0378é", css), ["\u0378"]);
  });

  it("a letter as large as the box is not taken for it", function () {
    if (!GlobalFonts.has("DejaVu Sans Mono")) return this.skip();
    assert.deepEqual(missingCharacters("ÿȳӱ", '20px "DejaVu Sans Mono"'), []);
  });

  it("is looked up once per character and font", () => {
    const text = Array.from({ length: 2000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    missingCharacters(text, "20px sans-serif");
    const begin = performance.now();
    missingCharacters(text, "20px sans-serif");
    assert.ok(performance.now() - begin < 2000);
  });

  it("a warning says what is missing and what to install, once", () => {
    const told: string[] = [];
    const warn = createMissingWarning((message) => told.push(message));
    warn("plain", "20px sans-serif");
    warn("é", "20px sans-serif");
    assert.deepEqual(told, []);
    warn("a\u0378\u0379", "20px Nowhere");
    warn("\u0380", "20px sans-serif");
    assert.equal(told.length, 1);
    assert.equal(
      told[0],
      'font 20px Nowhere: no font has "\u0378\u0379", boxes are drawn instead; install a font that has them, with loadFont()',
    );
  });

  // In a process of its own: fonts cannot be unloaded. The machine may have Chinese fonts.
  const child = async (script: string) => {
    const glyphs = JSON.stringify(new URL("../../lib/fonts/fallback.ts", import.meta.url).href);
    const bare = join(await mkdtemp(join(tmpdir(), "spec-")), "fonts.conf");
    await writeFile(bare, "<fontconfig><dir>/nowhere</dir></fontconfig>");
    const before = { ...process.env };
    Object.assign(process.env, { DISABLE_SYSTEM_FONTS_LOAD: "1", FONTCONFIG_FILE: bare });
    try {
      const { ended } = start(
        `import { createMissingWarning, fontFor, missingCharacters } from ${glyphs};
        const { loadFont } = wxCanvas;
        const latin = ${JSON.stringify(notoPath(LATIN))};
        const chinese = ${JSON.stringify(notoPath(CHINESE))};
        ${script}`,
      );
      const { stdout, stderr, code } = await ended;
      assert.deepEqual([code, stderr], [0, ""]);
      return JSON.parse(stdout);
    } finally {
      process.env = before;
    }
  };

  it("without a Chinese font, Chinese is missing; with one it no longer is", async () => {
    const [before, told, after] = await child(`
      const text = "Price 价格：128 元，元";
      const css = '20px "PingFang SC"';
      await loadFont(latin, "Latin");
      const before = missingCharacters(text, css);
      const told = [];
      const warn = createMissingWarning((message) => told.push(message));
      warn(text, css);
      warn(text, css);
      await loadFont(chinese, "Noto Sans SC");
      console.log(JSON.stringify([before, told, missingCharacters(text, css)]));`);
    assert.deepEqual(before, ["价", "格", "：", "元", "，"]);
    assert.deepEqual(after, []);
    assert.equal(told.length, 1);
    assert.match(
      told[0],
      /^font 20px "PingFang SC": no font has "价格：元，", boxes .* `npm i @fontsource\/noto-sans-sc` and loadFont\(\) one of its files, or `apt-get install fonts-noto-cjk`$/,
    );
  }).timeout(20_000);

  it("tells what to install for each script, and no more than twenty characters", async () => {
    const told: string[] = await child(`
      const told = [];
      for (const text of ["カタカナ", "한국어", "中文".repeat(9), "🦄", "\\u0378",
        Array.from({ length: 30 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("")]) {
        createMissingWarning((message) => told.push(message))(text, "20px sans-serif");
      }
      console.log(JSON.stringify(told));`);
    for (const [i, what] of ["jp", "kr", "sc", "emoji", "a font that has them", "sc"].entries()) {
      assert.ok(told[i]?.includes(what), told[i]);
    }
    assert.match(told[5] ?? "", /and 10 more, boxes/);
  }).timeout(20_000);
});

/** A WOFF without its packing, as TrueType. */
function asTrueType(woff: Buffer): Buffer {
  const tables = woff.readUInt16BE(12);
  const header = Buffer.alloc(12 + tables * 16);
  woff.copy(header, 0, 4, 8);
  header.writeUInt16BE(tables, 4);
  const parts: Buffer[] = [header];
  let at = header.length;
  for (let i = 0; i < tables; i++) {
    const entry = 44 + i * 20;
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field));
    const data = woff.subarray(offset, (offset ?? 0) + (packed ?? 0));
    const table = packed === length ? data : inflateSync(data);
    woff.copy(header, 12 + i * 16, entry, entry + 4);
    woff.copy(header, 16 + i * 16, entry + 16, entry + 20);
    header.writeUInt32BE(at, 20 + i * 16);
    header.writeUInt32BE(table.length, 24 + i * 16);
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    parts.push(padded);
    at += padded.length;
  }
  return Buffer.concat(parts);
}

/** The font behind a header, its offsets counted from there. */
function moved(header: Buffer, font: Buffer): Buffer {
  const copy = Buffer.from(font);
  for (let i = 0; i < copy.readUInt16BE(4); i++) {
    const field = 20 + i * 16;
    copy.writeUInt32BE(copy.readUInt32BE(field) + header.length, field);
  }
  return Buffer.concat([header, copy]);
}
