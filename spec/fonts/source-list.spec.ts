// The sources of loadFontFace, as CSS writes them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { GlobalFonts } from "@napi-rs/canvas";
import { readSourceList } from "../../lib/fonts/source-list.ts";
import { FONT_MAX_BYTES } from "../../lib/limits.ts";
import { serve } from "../support/assets.ts";
import { fontFile } from "../support/font-files.ts";
import { failureOf, withHost } from "../support/hosts.ts";

describe("a list of font sources", () => {
  const rows: [source: string, urls: string[]][] = [
    ["/fonts/a.ttf", ["/fonts/a.ttf"]],
    [" https://example.com/a.ttf?x=(1),2 ", ["https://example.com/a.ttf?x=(1),2"]],
    ['url("a.ttf")', ["a.ttf"]],
    ["url('a.ttf')", ["a.ttf"]],
    [" URL( a.ttf ) ", ["a.ttf"]],
    ['url("a.ttf") format("truetype")', ["a.ttf"]],
    ["url(a.ttf)format('truetype');", ["a.ttf"]],
    ['url("a.woff2") format("woff2"),\n\turl("a.ttf") format("truetype")', ["a.woff2", "a.ttf"]],
    ['local("Arial"), url(a.ttf)', ["a.ttf"]],
    ['url("a.eot?#iefix") format("embedded-opentype"), url(a.ttf)', ["a.ttf"]],
    ["url(a.svg) format(svg), url(a.otf) format(opentype)", ["a.otf"]],
    ['url("a,b(c).ttf"), url("d\\")e.ttf")', ["a,b(c).ttf", 'd")e.ttf']],
    ["url(a\\)b.ttf)", ["a)b.ttf"]],
    ["url(\\61 b.ttf)", ["ab.ttf"]],
    ["url(\\0 b.ttf)", ["\ufffdb.ttf"]],
    [
      "url(a.woff2) format(woff2) tech(variations), url('b.ttf' integrity(x))",
      ["a.woff2", "b.ttf"],
    ],
    ["url(a.ttf", ["a.ttf"]],
    ['url("a.ttf', ["a.ttf"]],
    ["url(data:font/ttf;base64,AA==)", ["data:font/ttf;base64,AA=="]],
  ];
  for (const [source, urls] of rows) {
    it(source.trim(), () => {
      const found = readSourceList(source).map(({ url }) => url);
      assert.deepEqual(found, urls);
    });
  }

  const wrong: [source: string, code: string, errMsg: RegExp][] = [
    ["local(Arial)", "SOURCE", /expected a url\(…\) in a format that can be read/],
    ["url()", "SOURCE", /expected a url/],
    ['url(a.svg) format("svg")', "SOURCE", /expected a url/],
    ["url(a.ttf) nonsense", "INVALID", /source: expected a list such as url\("…"\) format\("…"\)/],
    [Array(21).fill("url(a)").join(), "INVALID", /source: expected at most 20 sources/],
    ["a".repeat(3 * FONT_MAX_BYTES + 1), "INVALID", /source: expected at most \d+ characters/],
  ];
  for (const [source, code, errMsg] of wrong) {
    it(`refuses ${source.slice(0, 40)}`, async () => {
      const failure = await failureOf(() => readSourceList(source));
      assert.equal(failure.code, code);
      assert.match(failure.errMsg, errMsg);
    });
  }

  it("is read soon for a long text", () => {
    const begin = performance.now();
    const long = "\\ ".repeat(500_000);
    for (const text of [`url("${long}")`, `url(${long}`, `url(${" ".repeat(1_000_000)})x`]) {
      try {
        readSourceList(text);
      } catch {
        // The result does not matter here.
      }
    }
    assert.ok(performance.now() - begin < 3000);
  });

  it("reads a bounded number of characters outside of arguments", () => {
    const many = 200_000;
    for (const text of [
      `url("${"\\a".repeat(many)}")`,
      `url(a) ${"b".repeat(many)}`,
      `url(a)${" ".repeat(many)}`,
      `url("a" ${"b".repeat(many)})`,
    ]) {
      assert.throws(() => readSourceList(text), /source: expected a list such as url/);
    }
    const long = `data:font/ttf;base64,${"A".repeat(30_000_000)}`;
    for (const text of [`url("${long}")`, `url(${long})`]) {
      assert.equal(readSourceList(text)[0]?.url, long);
    }
  });

  it("uses the first usable source; without any, fails with the failure of the first", async () => {
    const bytes = await readFile(fontFile("noto-sans-sc", "latin-400-normal.woff2"));
    const asked: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      asked.push(request.url);
      response.statusCode = request.url === "/b.woff2" ? 200 : 404;
      response.end(response.statusCode === 200 ? bytes : "");
    });
    try {
      const images = { remote: true, privateOrigins: [server.origin] };
      await withHost({ images }, async ({ wx }) => {
        const urls = ["a.woff2", "b.woff2", "c.woff2"].map(
          (name) => `url("${server.origin}/${name}")`,
        );
        const load = (source: string, family = "Spec Source List") =>
          wx.loadFontFace({ family, source });
        await load(urls.join());
        assert.ok(GlobalFonts.has("Spec Source List"));
        assert.deepEqual(asked, ["/a.woff2", "/b.woff2"]);
        const failure = await failureOf(() => load(`${urls[0]}, url(data:font/ttf;base64,AAAA)`));
        assert.match(failure.errMsg, /^loadFontFace:fail .*404/);
        const bold = await readFile(fontFile("noto-sans-sc", "cyrillic-400-normal.woff2"));
        const taken = `url(data:font/woff2;base64,${bold.toString("base64")})`;
        asked.length = 0;
        const other = await failureOf(() => load(`${taken}, ${urls[1]}`));
        assert.equal(other.code, "INVALID");
        assert.deepEqual(asked, []);
      });
    } finally {
      await server.close();
    }
  });
});
