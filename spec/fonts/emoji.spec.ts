// Emoji: pictures in colour or signs of the text, as Unicode says, drawn and measured alike.
import assert from "node:assert/strict";
import { hasEmoji, picturesOf, withPresentation } from "../../lib/fonts/emoji.ts";
import { fontFile } from "../support/font-files.ts";
import { canReplaceFonts, type Installed, withInstalled } from "../support/installed-fonts.ts";

describe("the presentation of emoji", () => {
  const rows: [name: string, text: string, presented: string][] = [
    ["a picture", "😀", "😀\ufe0f"],
    ["one that says so", "😀\ufe0f", "😀\ufe0f"],
    ["one that is to be a sign", "😀\ufe0e", "😀\ufe0e"],
    ["signs", "☎ ❤ © ™", "☎\ufe0e ❤\ufe0e ©\ufe0e ™\ufe0e"],
    ["signs that are to be pictures", "☎\ufe0f❤\ufe0f", "☎\ufe0f❤\ufe0f"],
    ["among letters", "A😀b 1", "A😀\ufe0fb 1"],
    ["a flag", "🇨🇳🇫🇷", "🇨🇳\ufe0f🇫🇷\ufe0f"],
    ["a flag of a region", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
    ["a colour of skin", "👍🏽☝🏽", "👍🏽\ufe0f☝🏽\ufe0f"],
    ["a family", "👩‍👩‍👧", "👩‍👩‍👧\ufe0f"],
    ["a sequence with a sign in it", "❤‍🔥", "❤\ufe0f‍🔥\ufe0f"],
    ["a sequence that says so", "🏳️‍🌈", "🏳️‍🌈\ufe0f"],
    ["a sequence that ends in a sign", "👨‍⚕", "👨‍⚕\ufe0f"],
    ["keycaps", "1️⃣ #⃣", "1️⃣ #⃣"],
    ["digits and letters", "12# * Ab é 中", "12# * Ab é 中"],
  ];
  for (const [name, text, presented] of rows) {
    it(name, () => assert.equal(withPresentation(text), presented));
  }

  it("leaves text signs to a font that is named for them", () => {
    assert.equal(withPresentation("☎😀", false), "☎😀\ufe0f");
  });

  it("finds which texts have emoji, and which emoji are pictures", () => {
    for (const text of ["😀", "☎", "1️⃣", "©"]) assert.equal(hasEmoji(text), true);
    for (const text of ["", "abc 12", "中文", "ー", "→"]) assert.equal(hasEmoji(text), false);
    assert.deepEqual(picturesOf("a☎😀😀\ufe0e👩‍👩‍👧1️⃣❤\ufe0f😀"), ["😀", "👩‍👩‍👧", "❤\ufe0f", "1️⃣"]);
    assert.deepEqual(picturesOf("☎ abc"), []);
  });

  it("ends soon for a long text", () => {
    const begin = performance.now();
    withPresentation("\u{1f3fb}".repeat(50_000));
    withPresentation("😀\u200d".repeat(50_000));
    withPresentation("\u{e0061}".repeat(100_000));
    assert.ok(performance.now() - begin < 2000);
  });
});

describe("emoji on a canvas", () => {
  before(function () {
    if (!canReplaceFonts()) this.skip();
  });

  /** Prints which texts are in colour, and whether they measure as they are drawn. */
  const LOOK = `
    const { createHost, loadFont } = wxCanvas;
    function isColoured(data) {
      for (let i = 0; i < data.length; i += 4) {
        const [red, green, blue, alpha] = data.subarray(i, i + 4);
        if (alpha > 99 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) return 1;
      }
      return 0;
    }
    async function look(font, texts) {
      const host = createHost();
      host.mountCanvas({ canvasId: "a", width: 120, height: 60 });
      const made = host.createCanvas("b", 120, 60).getContext("2d");
      const all = {};
      for (const text of texts) {
        const legacy = host.wx.createCanvasContext("a");
        legacy.font = font;
        legacy.fillText(text, 5, 45);
        await new Promise((done) => legacy.draw(false, done));
        const { data } = await host.wx.canvasGetImageData({ canvasId: "a", x: 0, y: 0, width: 120, height: 60 });
        made.reset();
        made.font = font;
        made.fillText(text, 5, 45);
        const own = made.getImageData(0, 0, 120, 60).data;
        const widths = [legacy, made].map((context) => {
          context.font = font;
          return Math.round(context.measureText(text).width);
        });
        if (isColoured(data) !== isColoured(own)) throw new Error("differs: " + text);
        all[text] = [isColoured(data), ...widths];
      }
      return all;
    }
    const TEXTS = ["😀", "😂", "😭", "👍🏽", "🎉", "😀\\ufe0e", "☎", "☎\\ufe0f", "❤", "❤\\ufe0f", "1️⃣", "1",
      "🇨🇳", "👩‍👩‍👧", "😮‍💨", "©"];`;
  /**
   * By Unicode's Emoji_Presentation, and the selectors; both widths in the font in colour are 37.
   */
  const COLOURED = ["😀", "😂", "👍🏽", "🎉", "☎\ufe0f", "❤\ufe0f", "🇨🇳", "😮‍💨"];
  const PLAIN = ["😀\ufe0e", "☎", "❤", "1", "©"];

  const setUps: [name: string, installed: Installed, prepare: string][] = [
    ["loaded beside DejaVu", "DejaVu", "await loadFont(EMOJI, 'Pictures');"],
    ["installed beside DejaVu", "DejaVu and colour emoji", ""],
    ["of a package beside DejaVu", "DejaVu", ""],
  ];
  for (const [name, installed, prepare] of setUps) {
    it(`has its colours with a font ${name}`, async () => {
      const emoji = JSON.stringify(fontFile("noto-color-emoji", "emoji-400-normal.woff2"));
      const all = await withInstalled<Record<string, number[]>>(
        installed,
        `${LOOK} const EMOJI = ${emoji}; ${prepare}
        console.log(JSON.stringify(await look("30px sans-serif", TEXTS)));`,
      );
      for (const text of COLOURED) assert.deepEqual(all[text], [1, 37, 37], `${text} ${all[text]}`);
      for (const text of PLAIN) assert.equal(all[text]?.[0], 0, `${text} ${all[text]}`);
      for (const text of ["👩‍👩‍👧", "1️⃣"]) assert.deepEqual(all[text]?.slice(1), [37, 37], text);
    }).timeout(60_000);
  }

  it("has the picture of a sign when the font is named for it", async () => {
    const emoji = JSON.stringify(fontFile("noto-color-emoji", "emoji-400-normal.woff2"));
    const all = await withInstalled<Record<string, number[]>>(
      "DejaVu",
      `${LOOK} await loadFont(${emoji}, "Pictures");
      console.log(JSON.stringify(await look("30px Pictures", ["☎", "❤"])));`,
    );
    assert.deepEqual(all, { "☎": [1, 37, 37], "❤": [1, 37, 37] });
  }).timeout(60_000);
});
