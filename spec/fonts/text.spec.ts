// Text: the fonts it is drawn and measured with, and characters that no font has.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { machineFonts } from "../../lib/fonts/families.ts";
import { missingCharacters } from "../../lib/fonts/missing.ts";
import { packageFonts } from "../../lib/fonts/packages.ts";
import { createTextFonts } from "../../lib/fonts/text.ts";
import { loadFont } from "../../lib/index.ts";
import { fontFile } from "../support/font-files.ts";
import { withHost } from "../support/hosts.ts";
import { canReplaceFonts, withInstalled } from "../support/installed-fonts.ts";

const LATIN = fontFile("noto-sans-sc", "latin-400-normal.woff2");
const CHINESE = fontFile("noto-sans-sc", "chinese-simplified-400-normal.woff2");
const fonts = createTextFonts({ packages: false });
const fontFor = (css: string) => fonts.ready("plain", css).font;

/** How dark the text comes out, pixel by pixel. */
const drawn = (text: string, font: string) => {
  const context = createCanvas(40 * text.length, 50).getContext("2d");
  context.font = font;
  context.fillText(text, 0, 40);
  return Buffer.from(context.getImageData(0, 0, 40 * text.length, 50).data);
};

describe("the font of a text", () => {
  before(() => loadFont(CHINESE, "Spec Text Chinese"));

  it("falls back to a loaded font for characters that the named fonts lack", () => {
    for (const css of [
      "32px sans-serif",
      '32px "PingFang SC"',
      '32px "Microsoft YaHei", "Helvetica Neue", system-ui',
      "bold 32px Nowhere, serif",
    ]) {
      const { font, missing } = fonts.ready("中文字体：图片", css);
      assert.deepEqual(missing, []);
      const weight = css.startsWith("bold") ? "bold " : "";
      assert.deepEqual(drawn("中文", font), drawn("中文", `${weight}32px "Spec Text Chinese"`));
    }
  });

  it("keeps the named families, and ends with sans-serif", () => {
    assert.match(fontFor("20px Nowhere"), /^20px Nowhere, .*"Spec Text Chinese".*, sans-serif$/);
    assert.match(fontFor("20px Nowhere, serif"), /^20px Nowhere, .*"Spec Text Chinese".*, serif/);
  });

  it("includes a font that the program registered with the engine directly", async () => {
    const css = "20px A";
    fontFor(css);
    const name = 'Spec "quoted" \\ name';
    GlobalFonts.register(await readFile(LATIN), name);
    assert.ok(!fontFor(css).includes("quoted"));
    // A new font, or a missing character, causes a new look-up.
    assert.ok(fontFor("21px A").includes('"Spec \\"quoted\\" \\\\ name"'));
    assert.ok(fontFor(css).includes("quoted"));
  });

  it("leaves out a name that would make the whole list invalid", async () => {
    const before = fontFor("22px A");
    for (const name of ["a\nb", "a\fb", "a\r"]) GlobalFonts.register(await readFile(LATIN), name);
    assert.equal(fontFor("23px A"), before.replace("22px", "23px"));
  });

  it("stays as it is where it cannot be parsed", () => {
    assert.equal(fontFor("no font at all"), "no font at all");
  });

  it("reads back as it was set, on canvases of every kind", () =>
    withHost({}, (host) => {
      host.mountCanvas({ canvasId: "a", width: 10, height: 10 });
      const { node } = host.mountCanvas({ id: "b", type: "2d", width: 10, height: 10 });
      for (const context of [
        host.wx.createCanvasContext("a"),
        node?.getContext("2d"),
        host.createCanvas("c", 10, 10).getContext("2d"),
        host.wx.createOffscreenCanvas({ width: 10, height: 10 }).getContext("2d"),
      ]) {
        assert.ok(context);
        assert.equal(context.font, "10px sans-serif");
        context.font = 'bold 20px "PingFang SC"';
        context.fillText("中文 é 😀", 0, 0);
        context.measureText("中文");
        assert.equal(context.font, 'bold 20px "PingFang SC"');
        context.save();
        context.font = "11px Nowhere";
        context.strokeText("a", 0, 0);
        context.restore();
        assert.equal(context.font, 'bold 20px "PingFang SC"');
      }
    }));

  it("is chosen for the default font, too", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 100, height: 30 });
      const look = async (size?: number) => {
        const context = host.wx.createCanvasContext("a");
        if (size) context.setFontSize(size);
        const { width } = context.measureText("你好世界");
        context.fillText("你好世界", 10, 20);
        context.draw();
        const { data } = await host.canvasToBuffer({ canvasId: "a" });
        return [width, data.toString("base64")];
      };
      const plain = await look();
      assert.equal(Math.round(Number(plain[0])), 40);
      assert.deepEqual(plain, await look(10));
    }));

  it("leaves values other than strings to the engine", () =>
    withHost({}, (host) => {
      const context = host.createCanvas("a", 10, 10).getContext("2d");
      assert.ok(context.measureText(12 as never).width > 0);
      assert.equal(host.createCanvas("b", 10, 10).getContext("webgl" as never), null);
    }));
});

describe("missing characters", () => {
  it("are reported, invisible ones are not", () => {
    assert.deepEqual(missingCharacters(""), []);
    assert.deepEqual(missingCharacters("plain ~ text"), []);
    assert.deepEqual(missingCharacters("é\n\t\u00a0\u3000\u200b\u200d\ufe0f\ufeff\ud800"), []);
    assert.deepEqual(missingCharacters("\u{e0fff}\u0378x\u0378é"), ["\u0378"]);
  });

  it("are all that no loaded font has, where the machine has no font", () => {
    // As families.ts keeps it.
    const state: unknown = Reflect.get(GlobalFonts, Symbol.for("wx-canvas-node.families.2"));
    const { hasFont, hasLetters } = state as Record<string, boolean>;
    const withPackages = createTextFonts({ packages: true });
    Object.assign(state as object, { hasFont: false, hasLetters: false });
    try {
      assert.deepEqual(missingCharacters("Abc 1\n"), []);
      fonts.warnMissing("Abc", "12px a");
      // The package lists Thai characters, and has none.
      assert.deepEqual(withPackages.ready("ไ", "12px a").missing, ["ไ"]);
    } finally {
      Object.assign(state as object, { hasFont, hasLetters });
    }
  });

  it("are looked for in fonts with letters, not only in those of emoji", () => {
    const of = (...installed: string[]) => {
      const { hasFont, hasLetters } = machineFonts(installed);
      return [hasFont, hasLetters];
    };
    assert.deepEqual(of("DejaVu Sans"), [true, true]);
    assert.deepEqual(of("Noto Color Emoji"), [true, false]);
    // The engine draws with fonts that it does not list, where it was told so.
    const { width } = createCanvas(1, 1).getContext("2d").measureText("A");
    assert.deepEqual(of(), [width > 0, width > 0]);
  });

  it("are not confused with letters as large as the box", function () {
    if (!GlobalFonts.has("DejaVu Sans Mono")) return this.skip();
    assert.deepEqual(missingCharacters("ÿȳӱ"), []);
  });

  it("are looked for in the first thousand characters of a text, once each", () => {
    // Private use: no font has them.
    const text = Array.from({ length: 6000 }, (_, i) => String.fromCodePoint(0xf0000 + i)).join("");
    const begin = performance.now();
    assert.equal(missingCharacters(text).length, 1000);
    const first = performance.now() - begin;
    missingCharacters(text);
    assert.ok(performance.now() - begin - first < first);
  });

  it("cause one warning: in the process, or by the host's onWarning", async () => {
    const process_: string[] = [];
    const listener = ({ message }: Error) => process_.push(message);
    process.on("warning", listener);
    const received: unknown[] = [];
    const draw = (text: string, options = {}) =>
      withHost(options, (host) => {
        host.mountCanvas({ canvasId: "a", width: 10, height: 10 });
        host.createCanvas("b", 10, 10).getContext("2d").fillText(text, 0, 0);
        host.wx.createCanvasContext("a").fillText(text, 0, 0);
      });
    for (let i = 0; i < 3; i++) await draw("é\u0379\u0380");
    await draw("\u0380");
    const onWarning = (warning: unknown) => received.push(warning);
    for (let i = 0; i < 2; i++) await draw("\u0379\u0381", { onWarning });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listener);
    const message = (characters: string) =>
      `font 10px sans-serif: no font has "${characters}", boxes are drawn instead; install a font that has them, with loadFont()`;
    assert.deepEqual(process_, [message("\u0379\u0380")]);
    const warning = {
      code: "MISSING_CHARACTERS",
      message: message("\u0379\u0381"),
      characters: ["\u0379", "\u0381"],
    };
    assert.deepEqual(received, [warning, warning]);
  });
});

describe("a font package", () => {
  const { cwd } = process;
  afterEach(() => {
    process.cwd = cwd;
  });

  it("is skipped when it is malformed", () => {
    const folder = mkdtempSync(join(tmpdir(), "spec-broken-"));
    const make = (name: string, index: string, files: Record<string, string | undefined>) => {
      const place = join(folder, "node_modules/@fontsource", name);
      mkdirSync(join(place, "files"), { recursive: true });
      writeFileSync(join(place, "unicode.json"), index);
      for (const [file, text] of Object.entries(files)) {
        const path = join(place, "files", `${name}-${file}`);
        if (text === undefined) mkdirSync(path);
        else writeFileSync(path, text);
      }
    };
    make("noto-sans-thai", "no JSON", {});
    make("noto-sans-khmer", '{"khmer":"U+1780","[1]":"U+1781"}', {
      "khmer-400-normal.woff": "no font",
      "1-400-normal.woff": undefined,
      "1-400-italic.woff": "no font",
      "whole-400-normal.woff": "no font",
      "khmer-700-normal.woff": "no font",
    });
    process.cwd = () => folder;
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(packageFonts(["ក", "ខ", "ก"], 450), {
        families: [],
        missing: ["ក", "ខ", "ก"],
      });
    }
  });

  it("is found without a working directory, too", () => {
    process.cwd = () => {
      throw new Error("it was removed");
    };
    assert.deepEqual(packageFonts(["ក"], 400), { families: [], missing: ["ក"] });
  });
});

describe("fonts of npm packages", () => {
  before(function () {
    if (!canReplaceFonts()) this.skip();
  });

  /** The packages of the library's own folder, which are not installed here. */
  const hidden = ["@fontsource", "@fontsource-variable"].map((scope) =>
    resolve("node_modules", scope),
  );

  /** A folder with these packages, as npm installs them. */
  function application(...packages: string[]): { cwd: string; hidden: string[] } {
    const folder = mkdtempSync(join(tmpdir(), "spec-application-"));
    for (const name of packages) {
      cpSync(join("node_modules", name), join(folder, "node_modules", name), {
        recursive: true,
        filter: (path) => /(?:json|(?:400|700|wght)-normal\.woff2)$|^[^.]*$/.test(basename(path)),
      });
    }
    mkdirSync(join(folder, "server"));
    return { cwd: join(folder, "server"), hidden };
  }

  const LOOK = `
    const { createHost } = wxCanvas;
    const received = [];
    process.on("warning", ({ message }) => received.push(message));
    function look(options, font, text) {
      const host = createHost(options);
      host.mountCanvas({ canvasId: "a", width: 200, height: 40 });
      const { node } = host.mountCanvas({ id: "b", type: "2d", width: 10, height: 10 });
      return [
        host.wx.createCanvasContext("a"),
        node.getContext("2d"),
        host.createCanvas("c", 10, 10).getContext("2d"),
      ].map((context) => {
        context.font = font;
        context.fillText(text, 0, 20);
        return Math.round(context.measureText(text).width);
      });
    }
    const later = () => new Promise((resolve) => setImmediate(resolve));
  `;

  it("are found without code by every kind of context, and change no other text", async () => {
    const result = await withInstalled<Record<string, number[]>>(
      "DejaVu",
      `${LOOK}
      const before = look({}, "20px sans-serif", "Price → 128");
      const chinese = look({}, "20px sans-serif", "价格元整");
      const bold = look({}, "bold 20px serif", "价格元整");
      const emoji = look({}, "20px sans-serif", "😀🦄");
      const other = look({ fonts: { packages: false } }, "20px sans-serif", "价格元整");
      const after = look({}, "20px sans-serif", "Price → 128");
      await later();
      console.log(JSON.stringify({ before, after, chinese, bold, emoji, other, received }));`,
      application("@fontsource/noto-sans-sc", "@fontsource/noto-color-emoji"),
    );
    assert.deepEqual(result.chinese, [80, 80, 80]);
    assert.deepEqual(result.bold, [80, 80, 80]);
    assert.ok(
      result.emoji?.every((width) => width === 50),
      `${result.emoji}`,
    );
    assert.deepEqual(result.after, result.before);
    assert.notDeepEqual(result.other, result.chinese);
    // A host without font packages gets a warning that names the font to load.
    assert.equal(result.received?.length, 1);
    assert.match(
      String(result.received?.[0]),
      /"价格元整".*and loadFont\("node_modules\/@fontsource\/noto-sans-sc\/files\/noto-sans-sc-chinese-simplified-400-normal\.woff2", "…"\)/,
    );
  }).timeout(60_000);

  it("are found for letters and digits, too, where no font is installed", async () => {
    const result = await withInstalled<Record<string, number[] & string[]>>(
      "none",
      `${LOOK}
      const before = look({}, "20px sans-serif", "Abc");
      const price = look({}, "20px sans-serif", "价 ¥128");
      const bold = look({}, "bold 20px sans-serif", "Abc");
      const space = look({}, "20px sans-serif", "价 格");
      const after = look({}, "20px sans-serif", "Abc");
      await later();
      const warned = received.length;
      // The package lists these, and has none of them.
      look({}, "20px sans-serif", "ไทย");
      look({}, "20px sans-serif", "안녕");
      await later();
      console.log(JSON.stringify({ before, price, bold, space, after, warned: [warned], received }));`,
      application("@fontsource/noto-sans-sc"),
    );
    assert.deepEqual(result.before, [35, 35, 35]);
    assert.deepEqual(result.after, result.before);
    assert.deepEqual(result.bold, [36, 36, 36]);
    assert.deepEqual(result.price, [69, 69, 69]);
    assert.deepEqual(result.space, [44, 44, 44]);
    assert.deepEqual(result.warned, [0]);
    assert.match(String(result.received), /no font has "ไทย".*no font has "안녕"/);
  }).timeout(60_000);

  it("are named for letters, too, where no font is installed", async () => {
    const received = await withInstalled<string[]>(
      "none",
      `${LOOK}
      look({}, "20px sans-serif", "Abc");
      await later();
      console.log(JSON.stringify(received));`,
      application(),
    );
    assert.match(
      String(received),
      /no font has "Abc", .*npm i @fontsource\/noto-sans-sc.*noto-sans-sc-latin-400-normal.woff2.*fonts-dejavu-core/,
    );
  }).timeout(60_000);

  it("are found in their variable form, too", async () => {
    const [regular, bold, names] = await withInstalled<[number[], number[], string[]]>(
      "none",
      `${LOOK}
      import { packageFonts } from ${JSON.stringify(new URL("../../lib/fonts/packages.ts", import.meta.url).href)};
      const regular = look({}, "20px sans-serif", "价格元整");
      const bold = look({}, "bold 20px sans-serif", "价格元整");
      await later();
      console.log(JSON.stringify([regular, bold, packageFonts(["价"], 400).families, received]));`,
      application("@fontsource-variable/noto-sans-sc"),
    );
    assert.deepEqual(regular, [80, 80, 80]);
    assert.deepEqual(bold, [80, 80, 80]);
    assert.match(names[0] ?? "", /^noto-sans-sc \d+ wght$/);
  }).timeout(60_000);

  it("are found under names that the library does not know, too", async () => {
    const place = application("@fontsource/noto-sans-sc");
    const scope = join(place.cwd, "..", "node_modules", "@fontsource");
    renameSync(join(scope, "noto-sans-sc"), join(scope, "some-kaiti"));
    const files = join(scope, "some-kaiti", "files");
    for (const file of readdirSync(files)) {
      renameSync(join(files, file), join(files, file.replace("noto-sans-sc", "some-kaiti")));
    }
    const widths = await withInstalled<number[]>(
      "none",
      `${LOOK}
      console.log(JSON.stringify(look({}, "20px sans-serif", "价格元整")));`,
      place,
    );
    assert.deepEqual(widths, [80, 80, 80]);
  }).timeout(60_000);

  it("are named by the warning when they are not installed, for each script", async () => {
    const received = await withInstalled<string[]>(
      "none",
      `${LOOK}
      for (const text of ["カタカナ", "한국어", "中文".repeat(9), "🦄", "\\u0378",
        Array.from({ length: 30 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("")]) {
        look({}, "20px sans-serif", text);
      }
      await later();
      console.log(JSON.stringify(received));`,
      application(),
    );
    for (const [i, what] of [
      "-jp",
      "-kr",
      "-sc",
      "emoji",
      "a font that has them",
      "-sc",
    ].entries()) {
      assert.ok(received[i]?.includes(what), received[i]);
    }
    assert.match(
      received[2] ?? "",
      /no font has "中文", boxes .* `npm i @fontsource\/noto-sans-sc` \(it is found by itself, or by loadFont\("node_modules\/@fontsource\/noto-sans-sc\/files\/noto-sans-sc-chinese-simplified-400-normal\.woff2", "…"\)\), or `apt-get install fonts-noto-cjk`$/,
    );
    assert.match(received[5] ?? "", /and 1\d more, boxes/);
  }).timeout(60_000);
});
