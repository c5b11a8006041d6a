// Which families text is drawn with: a loaded one wins over installed ones.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { GlobalFonts } from "@napi-rs/canvas";
import { pageFamilies, registerFont } from "../../lib/fonts/families.ts";
import { createHost, loadFont, type UseFontsOptions, useFonts } from "../../lib/index.ts";
import { fontFile } from "../support/font-files.ts";
import { failureOf } from "../support/hosts.ts";
import { canReplaceFonts, type Installed, withInstalled } from "../support/installed-fonts.ts";

const LATIN = JSON.stringify(fontFile("noto-sans-sc", "latin-400-normal.woff2"));
const CHINESE = JSON.stringify(fontFile("noto-sans-sc", "chinese-simplified-400-normal.woff2"));
const EMOJI = JSON.stringify(fontFile("noto-color-emoji", "emoji-400-normal.woff2"));
const MACHINES: Installed[] = ["none", "DejaVu", "Noto CJK"];

/** Prints a hash of what is drawn, and what is measured, in every kind of context. */
const DRAW = `
  import { createHash } from "node:crypto";
  const { createHost, loadFont, useFonts } = wxCanvas;
  const FONTS = ["20px sans-serif", "bold 20px serif", '20px "PingFang SC"', "20px system-ui",
    "20px Arial, Helvetica, monospace", "20px Nowhere"];
  async function look(text, fonts = FONTS) {
    const host = createHost();
    const results = {};
    const draw = (context) => {
      for (const [i, font] of fonts.entries()) {
        context.font = font;
        context.fillText(text, 5, 30 * i + 25);
      }
      return fonts.map((font) => {
        context.font = font;
        return context.measureText(text).width;
      });
    };
    host.mountCanvas({ canvasId: "legacy", width: 300, height: 200 });
    const legacy = host.wx.createCanvasContext("legacy");
    results.legacy = draw(legacy);
    await new Promise((done) => legacy.draw(false, done));
    const { node } = host.mountCanvas({ id: "node", type: "2d", width: 300, height: 200 });
    node.width = 300;
    node.height = 200;
    results.node = draw(node.getContext("2d"));
    results.made = draw(host.createCanvas("made", 300, 200).getContext("2d"));
    const hash = (data) => createHash("sha256").update(data).digest("hex").slice(0, 8);
    for (const options of [{ canvasId: "legacy" }, { canvas: node }, { canvasId: "made" }]) {
      const { data } = await host.canvasToBuffer(options);
      (results.hashes ??= []).push(hash(data));
    }
    await host.dispose();
    return results;
  }
`;

describe("a loaded font", () => {
  const looks = (prepare: string, text: string) =>
    Promise.all(
      MACHINES.map((machine) =>
        withInstalled(
          machine,
          `${DRAW} ${prepare}; console.log(JSON.stringify(await look(${JSON.stringify(text)})));`,
        ),
      ),
    );

  before(function () {
    if (!canReplaceFonts()) this.skip();
  });

  it("wins over installed ones, for generic families and those of phones", async () => {
    const [none, dejavu, cjk] = await looks(`await loadFont(${LATIN}, "Brand")`, "Price ¥128.00");
    assert.deepEqual(dejavu, none);
    assert.deepEqual(cjk, none);
  }).timeout(60_000);

  it("wins over other loaded fonts by useFonts, as do emoji", async () => {
    const [none, dejavu, cjk] = await looks(
      `await loadFont(${LATIN}, "Figures"); await loadFont(${CHINESE}, "Chinese");
      await loadFont(${EMOJI}, "Pictures");
      useFonts({ default: ["Chinese", "Figures"], emoji: "Pictures" })`,
      "价格 128 元 😀 👍🏽 1️⃣",
    );
    assert.deepEqual(dejavu, none);
    assert.deepEqual(cjk, none);
  }).timeout(60_000);

  it("changes no other text when a page loaded it", async () => {
    const url = `url("data:font/woff2;base64,' + readFileSync(${LATIN}).toString("base64") + '")`;
    const [before, after, named] = await withInstalled<object[]>(
      "DejaVu",
      `${DRAW} import { readFileSync } from "node:fs";
      const before = await look("Price 128");
      const host = createHost();
      for (const family of ["Figures", "a\\nb", "a\\fb"]) {
        await host.wx.loadFontFace({ family, source: '${url}' }).catch(() => {});
      }
      const named = await look("Price 128", ["20px Figures"]);
      console.log(JSON.stringify([before, await look("Price 128"), named]));`,
    );
    assert.deepEqual(after, before);
    assert.notDeepEqual(named, before);
  }).timeout(60_000);
});

describe("useFonts", () => {
  const family = "Spec Use Fonts";
  before(() => loadFont(fontFile("noto-sans-sc", "latin-400-normal.woff2"), family));
  afterEach(() => useFonts({}));

  const widthOf = (font: string, text = "Hamburgefonstiv") => {
    const host = createHost();
    const context = host.createCanvas("a", 10, 10).getContext("2d");
    context.font = font;
    return context.measureText(text).width;
  };

  it("sets the fonts of generic families, until it is called again", async () => {
    const other = "Spec Use Fonts Bold";
    await loadFont(fontFile("noto-sans-sc", "latin-900-normal.woff2"), other);
    useFonts({ default: other });
    assert.equal(widthOf("20px sans-serif"), widthOf(`20px "${other}"`));
    assert.notEqual(widthOf("20px sans-serif"), widthOf(`20px "${family}"`));
    useFonts({ default: family.toUpperCase() });
    assert.equal(widthOf('20px "PingFang SC"'), widthOf(`20px "${family}"`));
    useFonts({});
  });

  it("accepts installed families, too", function () {
    const installed = GlobalFonts.families.find(({ family }) => /^DejaVu Sans Mono$/.test(family));
    if (!installed) return this.skip();
    useFonts({ default: "DejaVu Sans Mono" });
    assert.equal(widthOf("20px sans-serif", "il"), widthOf("20px sans-serif", "WM"));
  });

  it("changes neither a family loaded under a generic name nor named families", async () => {
    const bold = fontFile("noto-sans-sc", "latin-700-normal.woff2");
    await loadFont(bold, "fangsong");
    useFonts({ default: family });
    assert.notEqual(widthOf("20px fangsong"), widthOf(`20px "${family}"`));
  });

  it("sets the generic family emoji, also where a font has its letters in colour", async () => {
    await loadFont(fontFile("noto-color-emoji", "10-400-normal.woff"), "Spec Emoji");
    useFonts({ emoji: "Spec Emoji" });
    assert.equal(widthOf("20px emoji", "\u{1f6d9}"), widthOf('20px "Spec Emoji"', "\u{1f6d9}"));
  });

  it("lets the program take over a font that a page loaded first", async () => {
    const host = createHost();
    const path = fontFile("noto-sans-sc", "latin-300-normal.woff2");
    const source = `url(data:font/woff2;base64,${readFileSync(path).toString("base64")})`;
    const name = "Spec Page Font";
    for (let i = 0; i < 2; i++) await host.wx.loadFontFace({ family: name, source });
    await loadFont(path, name);
    useFonts({ default: name });
    assert.equal(widthOf("20px sans-serif"), widthOf(`20px "${name}"`));
  });

  it("names an option that cannot be read, with the caller's error as the cause", () => {
    const error = new Error("the caller's own");
    const options = {
      get default(): string {
        throw error;
      },
    };
    assert.throws(
      () => useFonts(options),
      (thrown: Error) => thrown.cause === error && /default: expected a value/.test(thrown.message),
    );
  });

  const wrong: [string, unknown, string][] = [
    ["nothing", undefined, "useFonts:fail options: expected an object, got undefined"],
    ["null", null, "useFonts:fail options: expected an object, got null"],
    [
      "another matter",
      { serif: "a" },
      'useFonts:fail "serif": not one of the options (default, emoji)',
    ],
    [
      "no name",
      { default: 5 },
      "useFonts:fail default: expected the name of a font family, or an array of names, got 5",
    ],
    [
      "a blank name",
      { emoji: ["a", " "] },
      "useFonts:fail emoji: expected the name of a font family, or an array of names, got an array",
    ],
    [
      "no names",
      { emoji: [" "] },
      "useFonts:fail emoji: expected the name of a font family, or an array of names, got an array",
    ],
    [
      "an unknown family",
      { default: "Nowhere" },
      'useFonts:fail default: expected a family that is loaded or installed, got "Nowhere"',
    ],
  ];
  for (const [name, options, errMsg] of wrong) {
    it(`refuses ${name}`, async () => {
      const failure = await failureOf(() => useFonts(options as UseFontsOptions));
      assert.deepEqual([failure.code, failure.errMsg], ["INVALID", errMsg]);
    });
  }
});

describe("families", () => {
  it("of pages are found for characters that no other font has", async () => {
    const host = createHost();
    const data = readFileSync(fontFile("noto-sans-sc", "latin-200-normal.woff2"));
    const source = `url(data:font/woff2;base64,${data.toString("base64")})`;
    await host.wx.loadFontFace({ family: "Spec Page Family", source });
    const { families, missing } = pageFamilies(["a", "\u{10fffd}"]);
    assert.deepEqual(missing, ["\u{10fffd}"]);
    assert.equal(families.length, 1);
  });

  it("are not registered again when another copy of the library reserved them", () => {
    const bytes = readFileSync(fontFile("noto-sans-sc", "latin-200-normal.woff2"));
    const count = () => GlobalFonts.families.length;
    assert.equal(registerFont(bytes, "Spec Reserved", true), true);
    const before = count();
    assert.equal(registerFont(Buffer.from("no font"), "Spec Reserved", true), true);
    assert.equal(count(), before);
  });
});
