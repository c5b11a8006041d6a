// SVGs whose few bytes would block the engine are refused at once; those that people draw are drawn.
import assert from "node:assert/strict";
import { createCanvas } from "@napi-rs/canvas";
import { CanvasError } from "../../lib/errors.ts";
import { checkSvg } from "../../lib/images/svg/svg.ts";
import { withAssets } from "../support/assets.ts";

const SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
const svg = (content: string, before = "") =>
  `${before}<svg ${SPACES} width="100" height="100">${content}</svg>`;
const rect = (attributes = "") => `<rect width="100" height="100" ${attributes}/>`;
const check = (text: string) => checkSvg(Buffer.from(text), () => {});

/** Levels that each use the one before twice. */
function nested(
  level: (i: number, content: string) => string,
  use: (i: number) => string,
  levels = 18,
): string {
  let all = level(0, rect());
  for (let i = 1; i < levels; i++) all += level(i, use(i - 1).repeat(2));
  return all + use(levels - 1);
}

const HEAVY = /^fail the SVG has references and filters that make more than 100000 elements of it$/;
const CIRCLE = /references that go in circles$/;
const UNCLEAR = /CSS with references, of a kind that is not understood$/;
const group = (i: number, content: string) => `<g id="a${i}">${content}</g>`;
const container = (name: string) => (i: number, content: string) =>
  `<${name} id="a${i}" width="9" height="9">${content}</${name}>`;
const css = (rule: (i: number) => string) =>
  `<style>${Array.from({ length: 18 }, (_, i) => rule(i)).join(" ")}</style>`;
const filter = (content: string, times = 1) =>
  `<filter id="f">${content}</filter>${rect('filter="url(#f)"').repeat(times)}`;
const classes = (selector: (i: number) => string) => css((i) => `${selector(i)}{fill:url(#a${i})}`);

const ATTACKS: [string, string, RegExp][] = [
  ["uses, xlink:href", svg(nested(group, (i) => `<use xlink:href="#a${i}"/>`)), HEAVY],
  ["uses, href", svg(nested(group, (i) => `<use href='#a${i}'></use>`)), HEAVY],
  [
    "uses of symbols, of another prefix",
    `<s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:h="http://www.w3.org/1999/xlink">${nested(container("s:symbol"), (i) => `<s:use h:href="#a${i}"/>`)}</s:svg>`,
    HEAVY,
  ],
  [
    "ids written as characters",
    svg(
      nested(
        (i, content) => `<g id="&#97;${i}">${content}</g>`,
        (i) => `<use href="#&#x61;${i}"/>`,
      ),
    ),
    HEAVY,
  ],
  [
    "ids with characters that there are not, which are left out",
    svg(
      nested(
        (i, content) => `<g id="a&#x110000;${i}">${content}</g>`,
        (i) => `<use href="#a${i}"/>`,
      ),
    ),
    HEAVY,
  ],
  [
    "ids with entities that there are not, which are left out",
    svg(
      nested(
        (i, content) => `<g id="a&none;${i}">${content}</g>`,
        (i) => `<use href="#a${i}"/>`,
      ),
    ),
    HEAVY,
  ],
  [
    "ids written as entities",
    svg(
      nested(
        (i, content) => `<pattern id="&a;${i}">${content}</pattern>`,
        (i) => rect(`fill="&b;a${i})"`),
      ),
      '<!DOCTYPE svg [<!ENTITY a "a"><!ENTITY b "url(#">]>',
    ),
    HEAVY,
  ],
  [
    "names with letters that look like white space",
    svg(nested(group, (i) => `<use àb="" href="#a${i}"/>`)),
    HEAVY,
  ],
  [
    "ids beyond ASCII",
    svg(
      nested(
        (i, content) => `<g id="图${i}">${content}</g>`,
        (i) => `<use href="#&#22270;${i}"/>`,
      ),
    ),
    HEAVY,
  ],
  ["an id twice", svg(`${nested(group, (i) => `<use href="#a${i}"/>`)}<g id="a17"/>`), HEAVY],
  [
    "ids beside others of a prefix",
    svg(
      nested(
        (i, content) => `<g id="a${i}" xml:id="b">${content}</g>`,
        (i) => `<use href="#a${i}"/>`,
      ),
    ),
    HEAVY,
  ],
  ["patterns", svg(nested(container("pattern"), (i) => rect(`fill="url(#a${i})"`))), HEAVY],
  [
    "patterns, quoted",
    svg(nested(container("pattern"), (i) => rect(`fill="url( '#a${i}' )"`))),
    HEAVY,
  ],
  [
    "patterns by style",
    svg(nested(container("pattern"), (i) => rect(`style="x:y;stroke:URL(#a${i})"`))),
    HEAVY,
  ],
  ["masks", svg(nested(container("mask"), (i) => rect(`mask="url(#a${i})"`))), HEAVY],
  [
    "masks by style",
    svg(nested(container("mask"), (i) => rect(`style="mask: url(#a${i})"`))),
    HEAVY,
  ],
  ["clip paths", svg(nested(container("clipPath"), (i) => rect(`clip-path="url(#a${i})"`))), HEAVY],
  [
    "markers",
    svg(nested(container("marker"), (i) => `<path d="M0 0h9" marker-mid="url(#a${i})"/>`)),
    HEAVY,
  ],
  [
    "markers at many corners",
    svg(
      `<marker id="m">${rect().repeat(100)}</marker><path marker-mid="url(#m)" d="M0 0${"h1".repeat(2000)}"/>`,
    ),
    HEAVY,
  ],
  [
    "patterns that are inherited",
    svg(nested(container("pattern"), (i) => `<g fill="url(#a${i})">${rect().repeat(2)}</g>`, 12)),
    HEAVY,
  ],
  [
    "patterns that are inherited from around a pattern",
    svg(
      `<pattern id="a0">${rect()}</pattern>${Array.from({ length: 17 }, (_, i) => `<g fill="url(#a${i})"><pattern id="a${i + 1}">${rect().repeat(2)}</pattern></g>`).join("")}${rect('fill="url(#a17)"')}`,
    ),
    HEAVY,
  ],
  [
    "gradients",
    svg(
      nested(
        (i, content) =>
          `<linearGradient id="a${i}">${"<stop/>".repeat(400)}${content}</linearGradient>`,
        (i) => `<g fill="url(#a${i})">${rect().repeat(300)}</g>`,
        1,
      ),
    ),
    HEAVY,
  ],
  [
    "many uses of much",
    svg(`<g id="a">${rect().repeat(400)}</g>${'<use href="#a"/>'.repeat(400)}`),
    HEAVY,
  ],
  [
    "a chain of gradients, used often",
    svg(
      `<linearGradient id="a0"/>${Array.from({ length: 999 }, (_, i) => `<linearGradient id="a${i + 1}" href="#a${i}"/>`).join("")}${rect('fill="url(#a999)"').repeat(200)}`,
    ),
    HEAVY,
  ],
  ["a use of what is around it", svg('<g id="a"><use href="#a"/></g>'), CIRCLE],
  [
    "two that use each other",
    svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    CIRCLE,
  ],
  [
    "a pattern filled with itself",
    svg(`<pattern id="a">${rect('fill="url(#a)"')}</pattern>`),
    CIRCLE,
  ],
  [
    "CSS by class",
    svg(classes((i) => `.c${i}`) + nested(container("pattern"), (i) => rect(`class="x c${i}"`))),
    HEAVY,
  ],
  [
    "CSS by id",
    svg(
      nested(container("pattern"), (i) => `<g id="c${i}">${rect().repeat(2)}</g>`, 12) +
        classes((i) => `b, #c${i}`),
    ),
    HEAVY,
  ],
  [
    "CSS by element",
    svg(
      `<style>rect{fill:url(#a)}</style><pattern id="a">${"<path/>".repeat(400)}</pattern>${rect().repeat(400)}`,
    ),
    HEAVY,
  ],
  [
    "CSS in CDATA",
    svg(
      `<style><![CDATA[rect{fill:url("#a")}]]></style><pattern id="a">${"<path/>".repeat(400)}</pattern>${rect().repeat(400)}`,
    ),
    HEAVY,
  ],
  ...[
    "g rect{fill:url(#a)}",
    "*{fill:url(#a)}",
    "{fill:url(#a)}",
    ".a:first-child{fill:url(#a)}",
    '.x{a:"}.y{b:";fill:url(#a)}',
    ".x{a:(}.y{b:);fill:url(#a)}",
    '.x{a:"/*"}.y{fill:url(#a)}.z{b:"*/"}',
    ".x{fill:&#117;rl(#a)}",
    ".x{fill:url(#a);b:\\7d}",
    ".x{a:url(#a){fill:red}",
    "rect{filter:url(#a)} g>rect{filter:blur(2px)}",
  ].map((rule): [string, string, RegExp] => [
    rule,
    svg(`<style>${rule}</style>${rect()}`),
    UNCLEAR,
  ]),
  [
    "rules in many styles",
    svg("<style>.a{fill:url(#a)}</style>".repeat(20_001)),
    /more than 20000 rules of CSS with references$/,
  ],
  [
    "rules for many",
    svg(`<style>${".a{fill:url(#a)}".repeat(2000)}</style>${rect('class="a"').repeat(100)}`),
    /more than 100000 references in CSS$/,
  ],
  ["a filter of many steps", svg(filter("<feOffset/>".repeat(40))), HEAVY],
  ["a filter of blurs", svg(filter('<feGaussianBlur stdDeviation="5"/>'.repeat(13))), HEAVY],
  ["a filter used often", svg(filter('<feGaussianBlur stdDeviation="5"/>', 10)), HEAVY],
  [
    "a filter of doublings",
    svg(filter(`<feOffset result="r"/>${'<feBlend in="r" in2="r" result="r"/>'.repeat(20)}`)),
    HEAVY,
  ],
  [
    "a filter of merges",
    svg(filter(`<feMerge>${"<feMergeNode/>".repeat(4)}</feMerge>`.repeat(12))),
    HEAVY,
  ],
  [
    "filters written in place",
    svg(rect('style="filter:blur(2px) drop-shadow(0 0 2px red)"').repeat(9)),
    HEAVY,
  ],
  [
    "filters by CSS",
    svg(
      `<style>rect{filter:url(#f)}</style><filter id="f"><feGaussianBlur/></filter>${rect().repeat(10)}`,
    ),
    HEAVY,
  ],
  ...[
    "Morphology",
    "ConvolveMatrix",
    "Turbulence",
    "DisplacementMap",
    "DiffuseLighting",
    "SpecularLighting",
    "Image",
  ].map((name): [string, string, RegExp] => [
    `fe${name}`,
    svg(filter(`<fe${name} radius="50"/>`)),
    new RegExp(`a filter that takes too long, fe${name}$`),
  ]),
];

const FIGMA =
  '<filter id="f" x="0" y="0" width="100" height="100" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB">' +
  '<feFlood flood-opacity="0" result="BackgroundImageFix"/><feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0" result="hardAlpha"/>' +
  '<feOffset dy="4"/><feGaussianBlur stdDeviation="2"/><feColorMatrix type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0.25 0"/>' +
  '<feBlend mode="normal" in2="BackgroundImageFix" result="effect1"/><feBlend mode="normal" in="SourceGraphic" in2="effect1" result="shape"/></filter>';
const circle = (attributes: string) => `<circle cx="50" cy="50" r="40" ${attributes}/>`;

const ORDINARY: [string, string][] = [
  [
    "an icon with a drop shadow",
    svg(`<g filter="url(#f)">${circle('fill="#369"')}</g><defs>${FIGMA}</defs>`),
  ],
  [
    "two shadows",
    svg(
      `${FIGMA}${FIGMA.replace('id="f"', 'id="g"')}<g filter="url(#f)"><g style="filter:url(#g)">${circle('fill="#369"')}</g></g>`,
    ),
  ],
  [
    "a shadow around a thousand shapes",
    svg(`${FIGMA}<g filter="url(#f)">${circle('fill="#369"').repeat(1000)}</g>`),
  ],
  [
    "a sprite",
    svg(
      `<symbol id="icon" viewBox="0 0 100 100">${circle('fill="#369"')}</symbol><use xlink:href="#icon" width="100" height="100"/>`,
    ),
  ],
  [
    "a chart of 500 glyphs",
    svg(
      `<defs><clipPath id="c">${rect()}</clipPath><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>` +
        `<g id="figure_1" clip-path="url(#c)">${Array.from({ length: 50 }, (_, i) => `<defs><path id="g-${i}" d="M0 0h30v30h-30z"/></defs>`).join("")}` +
        `${Array.from({ length: 500 }, (_, i) => `<g clip-path="url(#c)"><use xlink:href="#g-${i % 50}" x="${i % 70}" y="${(i * 7) % 70}" style="fill: #1f77b4"/></g>`).join("")}</g>`,
    ),
  ],
  [
    "gradients that inherit",
    svg(
      `<g fill="url(#b)"><linearGradient id="a"><stop stop-color="#369"/><stop offset="1" stop-color="#f00"/></linearGradient><linearGradient id="b" xlink:href="#a"/>${circle("").repeat(500)}</g>`,
    ),
  ],
  [
    "classes, gradients and a font, as drawing programs write them",
    svg(
      `<defs><style>@font-face{font-family:"F";src:url("data:font/woff2;base64,d09GMg==")} /* a {b} */ .cls-1,.cls-2{fill:url(#linear-gradient);} .cls-3{font-family:'Open Sans', sans-serif;clip-path:url('#clip')} g > .x{fill:#f00}</style>` +
        `<linearGradient id="linear-gradient"><stop stop-color="#369"/></linearGradient><clipPath id="clip">${rect()}</clipPath></defs>` +
        `<g class="cls-3">${circle('class="cls-1"').repeat(300)}</g>`,
    ),
  ],
  [
    "a curve with markers",
    svg(
      `<marker id="m" markerWidth="9" markerHeight="9"><circle r="3"/></marker><path fill="none" stroke="#369" stroke-width="30" marker-mid="url(#m)" d="M0 50${"L99.5 50.5 1 50".repeat(250)}"/>`,
    ),
  ],
  [
    "links and animations",
    svg(`<g id="a"><a href="#a">${circle('fill="#369"')}</a><animate href="#a"/></g>`),
  ],
  [
    "ids of designers",
    svg(
      `<g id="Group (1)"><g id="背景" fill="url(#渐变)">${circle("")}</g></g><linearGradient id="渐变"><stop stop-color="#369"/></linearGradient>`,
    ),
  ],
  ["twenty thousand shapes", svg(circle('fill="#369"').repeat(20_000))],
];

describe("SVG", () => {
  for (const [name, text, why] of ATTACKS) {
    it(`refuses ${name}`, () => {
      const begun = performance.now();
      assert.throws(
        () => check(text),
        (error) =>
          error instanceof CanvasError && error.code === "SOURCE" && why.test(error.errMsg),
      );
      assert.ok(performance.now() - begun < 5000);
    });
  }

  for (const [name, text] of ORDINARY) {
    it(`draws ${name}`, () =>
      withAssets({}, async ({ pictures }) => {
        const canvas = createCanvas(100, 100);
        const context = canvas.getContext("2d");
        context.drawImage(await pictures.load(Buffer.from(text)), 0, 0);
        const { data } = context.getImageData(50, 50, 1, 1);
        assert.equal(data[3], 255, "nothing drawn");
      }));
  }

  it("is judged in seconds at most, however hostile its 4 MB are", function () {
    this.timeout(60_000);
    const fill = (text: string) => text.repeat(Math.floor(4_100_000 / text.length));
    const numbered = (count: number, text: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => text(i)).join("");
    const rows: Record<string, string> = {
      "one id": numbered(90_000, () => '<g id="a"/>'),
      "one id, used": numbered(45_000, () => '<g id="a"/><use href="#a"/>'),
      "a chain": numbered(45_000, (i) => `<g id="a${i + 1}"><use href="#a${i}"/></g>`),
      "a chain upwards": numbered(45_000, (i) => `<g id="a${i}"><use href="#a${i + 1}"/></g>`),
      deep: `${'<g id="a">'.repeat(90_000)}${"</g>".repeat(90_000)}`,
      "deep, filled": numbered(90_000, (i) => `<g id="a${i}" fill="url(#b)">`),
      "deep styles": "<style>a{".repeat(90_000),
      "one attribute": `<g fill="${fill("url(#a)")}"/>`,
      "one attribute, open": `<g fill="${fill("url(#")}"/>`,
      "white space": `<g fill="${fill("url(                    ")}"/>`,
      "much white space": `<g id="${fill(" ").slice(2.1e6)}" fill="url(${fill(" ").slice(2.1e6)}"/>`,
      quotes: fill("<a b='\""),
      tags: fill("<"),
      "tags without end": fill("<a "),
      comments: fill("<!--"),
      numbers: `<marker/><path d="${fill("1").slice(2.1e6)}"/><path d="${fill(".1").slice(2.1e6)}"/>`,
      entities: `<g a="${fill("&a;")}"/>`,
      ampersands: `<g a="${fill("&#1")}"/>`,
      classes: `<style>.a{fill:url(#a)}</style><g class="${fill("a ")}"/>`,
      selectors: `<style>${fill("a,")}{fill:url(#a)}</style>`,
      "selectors and references": `<style>${fill("a,").slice(2e6)}b{${fill("fill:url(#a);").slice(2e6)}}</style>${numbered(9000, () => "<a/>")}`,
      ...Object.fromEntries(
        [
          "/*",
          "/*/",
          "*/",
          '"',
          "'\"",
          "{",
          "}",
          "(",
          "url(#",
          "url(data:",
          ";",
          ",",
          "@",
          "\\",
          "a{",
          "<!--",
          "a{b:url(#c)}",
          "blur(",
        ].map((text) => [`CSS of ${text}`, `<style>${fill(text)} a{b:url(#a)}</style>`]),
      ),
    };
    for (const [name, content] of Object.entries(rows)) {
      const file = Buffer.from(svg(content));
      const judged = () => {
        const begun = performance.now();
        try {
          checkSvg(file, () => {});
        } catch (error) {
          assert.ok(error instanceof CanvasError, `${name}: ${error}`);
        }
        return performance.now() - begun;
      };
      let took = judged();
      // Other work of the machine may have taken the time: what is slow is slow each time.
      for (let again = 0; again < 2 && took >= 10_000; again++) took = Math.min(took, judged());
      if (process.env.SVG_TIMES) console.log(`      ${name}: ${took.toFixed(0)} ms`);
      assert.ok(took < 10_000, `${name} took ${took} ms`);
    }
  });
});
