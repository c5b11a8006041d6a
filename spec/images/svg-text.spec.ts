// The text of SVGs: a warning names the characters that are drawn as boxes.
import assert from "node:assert/strict";
import { stop } from "../../lib/images/svg/helper.ts";
import { charactersOf } from "../../lib/images/svg/markup.ts";
import type { HostOptions } from "../../lib/index.ts";
import { definePoster, renderPoster } from "../../lib/posters/index.ts";
import { fontFile } from "../support/font-files.ts";
import { withHost } from "../support/hosts.ts";
import { canReplaceFonts, withInstalled } from "../support/installed-fonts.ts";

const svg = (content: string) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><title>\u{e0f9}</title>${content}</svg>`,
  );
const textOf = (text: string) => svg(`<text y="20">${text}</text>`);

/** The warnings for loading these SVGs with one host. */
async function warningsOf(pictures: Buffer[], options: HostOptions = {}) {
  const warnings: { message: string; characters: readonly string[] }[] = [];
  const onWarning: HostOptions["onWarning"] = (warning) => warnings.push(warning);
  await withHost({ ...options, onWarning }, async (host) => {
    for (const picture of pictures) await host.loadImage(picture);
  });
  return warnings;
}

describe("the text of an SVG", () => {
  after(stop);

  for (const how of ["isolated", "direct"] as const) {
    it(`is warned of once where it is drawn as boxes, ${how}`, async () => {
      const pictures = ["A \u{e0ff}\u{e0fe}", "\u{e0fe}", "Price 128"].map(textOf);
      for (let host = 0; host < 2; host++) {
        const [warning, ...others] = await warningsOf(pictures, { images: { svg: how } });
        assert.deepEqual(others, []);
        assert.deepEqual(warning?.characters, ["\u{e0ff}", "\u{e0fe}"]);
        assert.equal(
          warning?.message,
          'text of an SVG: no installed font has "\u{e0ff}\u{e0fe}", boxes are drawn instead; ' +
            "install a font that has them, or make paths of the text in the SVG",
        );
      }
    });
  }

  it("fails a strict poster", async () => {
    const poster = definePoster({
      width: 90,
      height: 30,
      async draw({ context, host }) {
        context.drawImage(await host.loadImage(textOf("\u{e0ff}")), 0, 0);
      },
    });
    const { warnings } = await renderPoster(poster);
    assert.deepEqual(
      warnings.map(({ code, characters }) => ({ code, characters })),
      [{ code: "MISSING_CHARACTERS", characters: ["\u{e0ff}"] }],
    );
    await assert.rejects(renderPoster(poster, {}, { strict: true }), { code: "INCOMPLETE" });
  });

  it("is not asked for where only the size of the SVG is", () =>
    withHost({ onWarning: () => assert.fail("warned") }, async ({ wx }) => {
      const base64 = textOf("\u{e0fd}").toString("base64");
      await wx.getImageInfo({ src: `data:image/svg+xml;base64,${base64}` });
    }));

  it("is what its text elements have, in letters or in numbers, once each", () => {
    for (const [markup, characters] of [
      ["<text>中<tspan x='文'>文</tspan>中</text><desc>字</desc>", "中文"],
      ["<s:text>&#20013;&#x6587;&amp;</s:text>", "中文 "],
      ["<!-- <text>中</text> --><text><!-- 中 -->文</text>", "文"],
      ["<text>&#x110000;&#9999999;文</text>", "文"],
      ["<textPath>中</textPath><text/></text><text>中<!--", ""],
      ["</text><text>", ""],
    ] as const) {
      assert.equal(charactersOf(svg(markup)), characters, markup);
    }
  });

  it("is searched within bounds, for as many characters as a warning needs", () => {
    const many = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    const first = charactersOf(svg(`<text>${many}</text><text>A</text>`));
    assert.equal(first, many.slice(0, first.length));
    assert.ok(first.length >= 200 && first.length <= 1000, `${first.length}`);
    const long = `<text>${"A".repeat(300_000)}B</text><text>C</text>`;
    assert.equal(charactersOf(svg(long)), "A");
    assert.equal(charactersOf(svg(`${" ".repeat(9_000_000)}<text>A</text>`)), "");
  });

  it("needs an installed font; an SVG that is drawn in this process may name a loaded one", async function () {
    if (!canReplaceFonts()) return this.skip();
    const messages = await withInstalled<string[]>(
      "DejaVu",
      `const { createHost, loadFont } = await import("./lib/index.ts");
      await loadFont(${JSON.stringify(fontFile("noto-sans-sc", "chinese-simplified-400-normal.woff2"))}, "Loaded");
      const bytes = Buffer.from(${JSON.stringify(String(textOf("价 Price")))});
      const messages = [];
      for (const svg of ["direct", "isolated"]) {
        const onWarning = ({ message }) => messages.push(svg + ": " + message);
        const host = createHost({ images: { svg }, onWarning });
        await host.loadImage(Buffer.concat([bytes, Buffer.from("<!--" + svg + "-->")]));
        await host.dispose();
      }
      console.log(JSON.stringify(messages));`,
    );
    assert.deepEqual(messages, [
      'isolated: text of an SVG: no installed font has "价", boxes are drawn instead; ' +
        "`apt-get install fonts-noto-cjk`, or make paths of the text in the SVG",
    ]);
  }).timeout(60_000);
});
