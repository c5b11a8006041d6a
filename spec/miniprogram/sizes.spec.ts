// The sizes of canvases: from inline styles and WXSS, as WeChat's pages have them.
import assert from "node:assert/strict";
import type { HostOptions } from "../../lib/index.ts";
import type { Page } from "../../lib/miniprogram/index.ts";
import { failureOf } from "../support/hosts.ts";
import { type Files, withPage, withProject } from "../support/projects.ts";

/** The size of the first canvas, in logical pixels. */
async function sizeOf(page: Page, selector = "canvas"): Promise<number[]> {
  const { width, height } = await page.export(selector);
  return [width, height];
}

const canvas = (style = "", attributes = "") =>
  `<canvas id="c" canvas-id="c" class="c" style="${style}" ${attributes} />`;

describe("the size of a canvas", () => {
  const inline: [style: string, size: [number, number], host?: HostOptions][] = [
    ["", [300, 150]],
    ["width: 100px; height: 50px", [100, 50]],
    ["width: 100rpx; height: 750rpx", [50, 375]],
    ["width: 750rpx; height: 10px", [400, 10], { device: { screenWidth: 400 } }],
    ["width: 50vw; height: 10vh", [188, 60]],
    ["width: 10vmin; height: 10vmax", [38, 60]],
    ["width: 50%; height: 100%", [188, 603]],
    ["width: calc(100% - 2 * 10px); height: calc((1px + 2px) * 10 / 3)", [355, 10]],
    ["width: min(100px, 50%); height: max(1px, 2px, 3rpx)", [100, 2]],
    ["width: clamp(10px, 100%, 50px); height: 1px", [50, 1]],
    ["width: 10PX; height: 1.5e1px", [10, 15]],
    ["width: 1rem; height: 1in", [19, 96]],
    ["width: 2em; height: 1cm", [32, 38]],
    ["width: 3pt; height: 10mm", [4, 38]],
    ["width: 10dvw; height: 10svh", [38, 60]],
    ["width: 2pc; height: 40q", [32, 38]],
    ["font-size: 10px; width: 2em; height: calc(1em + 5px)", [20, 15]],
    ["font: bold 200%/1.5 serif; width: 2em; height: 1em", [64, 32]],
    ["font: caption; font-size: large; width: 1em; height: 1px", [16, 1]],
    ["width: calc(10px + env(safe-area-inset-top)); height: constant(none, 7px)", [30, 7]],
    ["width: undefinedpx; height: NaNrpx", [300, 150]],
    ["width: 100; height: auto", [300, 150]],
    ["width: calc(10px; height: 5px", [300, 150]],
    ["width: calc(1px 2px); height: calc(1px + auto)", [300, 150]],
    ["width: wrong(1px); height: min(1px, auto)", [300, 150]],
    ["width: (1px); height: )", [1, 150]],
    ["width: 1parsec; height: calc(2 * 3px)", [300, 6]],
    ["width: 10px; height: env(, 4px)", [10, 4]],
    ["height: 3px; width: (1px", [300, 3]],
    ["width: clamp(1px); height: max(1px", [300, 150]],
    ["height: 3px; width: env(a", [300, 3]],
    ["width: 10px !important; width: 20px; height: 1px", [10, 1]],
    ["width: 500px; max-width: 80%; height: 1px; min-height: 9px", [300, 9]],
    ["width: 40px; aspect-ratio: 4 / 2", [40, 20]],
    ["width: 40px; aspect-ratio: 2", [40, 20]],
    ["width: -10px; height: 5px; min-width: 4px", [4, 5]],
    ["background: url(data:image/png;base64,AA==); width: 10px; height: 10px", [10, 10]],
    ["width: var(--w, 12px); height: var(--none, calc(3px))", [12, 3]],
  ];
  for (const [style, size, host = {}] of inline) {
    it(`is ${size.join(" × ")} for "${style}"`, () =>
      withPage(
        { wxml: canvas(style) },
        async (page) => assert.deepEqual(await sizeOf(page), size),
        { host },
      ));
  }

  const hidden: [wxml: string, size: [number, number]][] = [
    [`<view>${canvas("display: none; width: 100%; height: 100%")}</view>`, [375, 150]],
    [`<view style="display: none">${canvas("height: 40px; width: fit-content")}</view>`, [300, 40]],
    [`<view hidden="{{ true }}">${canvas("height: 50%")}</view>`, [300, 150]],
    [`<view hidden>${canvas("height: 50%")}</view>`, [300, 150]],
  ];
  for (const [wxml, size] of hidden) {
    it(`is ${size.join(" × ")} for what is not displayed: ${wxml}`, () =>
      withPage({ wxml }, async (page) => assert.deepEqual(await sizeOf(page), size)));
  }

  const sheets: [what: string, files: Files, size: [number, number]][] = [
    [
      "a class, an id and a tag by their weight",
      {
        wxml: canvas(),
        wxss: `
      #c { width: 30px } .c { width: 20px; height: 20px } canvas { width: 10px; height: 10px }`,
      },
      [30, 20],
    ],
    [
      "an inherited font size",
      {
        wxml: `<view class="a"><view class="b">${canvas()}</view></view>`,
        wxss: ".a { font-size: 20px } .b { font-size: 0.5em } .c { width: 3em; height: 2em }",
      },
      [30, 20],
    ],
    [
      "what follows the semicolon after //",
      {
        wxml: canvas(),
        wxss: ".c { width: 10px; // height: 1px;\n height: 20px; // end\n}",
      },
      [10, 20],
    ],
    [
      "a query in em, of the initial font size",
      {
        wxml: canvas(),
        wxss: "@media (min-width: 23em) and (max-width: 24em) { .c { width: 1px; height: 2px } }",
      },
      [1, 2],
    ],
    [
      "rules in layers",
      { wxml: canvas(), wxss: "@layer a { .c { width: 1px; height: 2px } }" },
      [1, 2],
    ],
    [
      "the later of equal rules",
      { wxml: canvas(), wxss: ".c { width: 1px; height: 9px } .c { width: 2px }" },
      [2, 9],
    ],
    [
      "what is important",
      { wxml: canvas("width: 1px"), wxss: ".c { width: 2px !important; height: 3px }" },
      [2, 3],
    ],
    [
      "descendants and children",
      {
        wxml: `<view class="a"><view class="b">${canvas()}</view></view>`,
        wxss: `
      .a .c { width: 10px } .a > .c { width: 20px } .b > canvas.c { height: 30px }`,
      },
      [10, 30],
    ],
    [
      "what is below the page, and what is not",
      {
        wxml: `<view class="c x" />${canvas()}`,
        wxss: `
      page .c { width: 10px } page > .c { height: 8px } .page .c { width: 20px }
      .c:not(.x) { max-width: 9px } .c:not(:nth-child(2)) { height: 7px } .c:not(.a > .b):not() { height: 6px }`,
      },
      [9, 8],
    ],
    [
      "siblings",
      {
        wxml: `<view class="a" /><view />${canvas()}`,
        wxss: `
      .a ~ .c { width: 10px } .a + .c { width: 20px } view + .c { height: 5px }`,
      },
      [10, 5],
    ],
    [
      "places among siblings",
      {
        wxml: `<view />${canvas()}`,
        wxss: `
      .c:last-child { width: 10px } .c:first-child { width: 20px } .c:nth-child(2) { height: 7px } .c:hover { height: 8px }`,
      },
      [10, 7],
    ],
    [
      "attributes",
      {
        wxml: canvas("", 'type="2d" data-x="a b"'),
        wxss: `
      [type] { width: 1px; height: 1px } [type="2d"] { width: 40px } [canvas-id^="c"] { height: 4px } [type$='d'] { height: 40px }
      [type*=x] { height: 1px } [id=other] { width: 9px } [class~="c"] { max-width: 300px } [none] { width: 8px }`,
      },
      [40, 40],
    ],
    [
      "lists of selectors, and what is no selector here",
      {
        wxml: canvas(),
        wxss: `
      .none, .c { width: 10px } .c::after { width: 1px } .c:has(.a) { height: 2px } * { height: 6px } .c > { width: 9px }`,
      },
      [10, 6],
    ],
    [
      "@import, and app.wxss below it",
      {
        wxml: canvas(),
        wxss: '@import url("../styles/c"); .c { height: 30px }',
        "styles/c.wxss": '@import "/styles/d.wxss"; .c { width: 10px; height: 20px }',
        "styles/d.wxss": '@import "../styles/e.wxss"; .c { width: 1px }',
        "styles/e.wxss": ".c { max-width: 5px }",
        "app.wxss": ".c { width: 2px; min-height: 40px }",
      },
      [5, 40],
    ],
    [
      "@media of the device",
      {
        wxml: canvas(),
        wxss: `
      .c { width: 1px; height: 1px }
      @media screen and (min-width: 375px) and (max-width: 500px) { .c { width: 10px } @media (orientation: portrait) { .c { height: 10px } } }
      @media (min-width: 376px), print { .c { width: 20px } }
      @media not all and (min-width: 100px) { .c { width: 30px } }
      @media (width >= 400px) { .c { width: 40px } } @media (width > 375px) { .c { width: 41px } }
      @media (width < 375px) { .c { width: 42px } } @media (width = 10px) { .c { width: 43px } }
      @media (height <= 700px) and (prefers-color-scheme: light) and (width) { .c { max-height: 8px } }
      @media (nothing: 1px) { .c { width: 50px } } @media (orientation: landscape) { .c { width: 51px } } @media (%) { .c { width: 56px } } @media (orientation) { .c { width: 58px } } @media (1px) { .c { width: 59px } } @media (min-width: env(none)) { .c { width: 57px } }
      @media (min-aspect-ratio: 1/1) { .c { width: 52px } } @media (min-resolution: 2dppx) { .c { width: 53px } }
      @media (-webkit-min-device-pixel-ratio: 2) { .c { width: 54px } } @media (max-device-width: 1rpx) { .c { width: 55px } }
      @supports (display: grid) { .c { min-width: 9px } } @font-face { font-family: a; }`,
      },
      [10, 8],
    ],
    [
      "variables",
      {
        wxml: `<view class="a">${canvas()}</view>`,
        wxss: `
      page { --w: 20px; --circle: var(--circle) } .a { --h: calc(var(--w) / 2); --w: 30px } .c { width: var(--w); height: var(--h) }
      canvas { min-width: var(--circle) }`,
      },
      [30, 15],
    ],
    [
      "percentages of what it stands in",
      {
        wxml: `<view class="a"><view class="b">${canvas("width: 50%; height: 25%")}</view></view>`,
        wxss: `
      .a { padding: 10px 20px; border: 1px solid red; height: 200px; box-sizing: border-box; margin: 0 5px }
      .b { height: 100% }`,
      },
      [162, 45],
    ],
    [
      "percentages of a box with a size of its own",
      {
        wxml: `<view class="a">${canvas("width: 100%; height: 100%")}</view>`,
        wxss: `
      .a { width: 100px; height: 80px; padding-left: 20px; border-left: 3px solid; border-width: 2px }`,
      },
      [100, 80],
    ],
    [
      "what is out of the flow, between its edges",
      {
        wxml: `<view class="a"><view><view class="b">${canvas("width: 100%; height: 100%")}</view></view></view>`,
        wxss: `
      .a { position: relative; width: 200px; height: 100px } .b { position: absolute; inset: 10px 20px }`,
      },
      [160, 80],
    ],
    [
      "what is fixed",
      {
        wxml: `<view class="a"><view class="b">${canvas("width: 100%; height: 100%")}</view></view>`,
        wxss: `
      .a { width: 10px } .b { position: fixed; top: 0; bottom: 3px; left: 75px; right: 0 }`,
      },
      [300, 600],
    ],
    [
      "what is absolute on the page",
      {
        wxml: `<view><view class="b">${canvas("width: 100%; height: 100%")}</view></view>`,
        wxss: `
      .b { position: absolute; width: 100%; height: 50% }`,
      },
      [375, 302],
    ],
    [
      "a column of blocks, and one that stretches",
      {
        wxml: `<view class="a"><view>${canvas("width: 100%; height: 1px")}</view></view>`,
        wxss: `
      .a { display: flex; flex-direction: column; margin-left: 75px }`,
      },
      [300, 1],
    ],
    [
      "the free space of a flex container, if it is alone there",
      {
        wxml: `<view class="a"><view class="b">${canvas("flex: 1; height: 100%")}</view><view class="out" /><view style="display: none" /></view>`,
        wxss: `
      .a { display: flex; flex-direction: column; width: 90px; height: 80px } .b { display: flex; flex-grow: 1 } .out { position: fixed }`,
      },
      [90, 80],
    ],
    [
      "what others leave of a flex container, where it alone grows",
      {
        wxml: `<view class="a"><view class="head" /><view class="b">${canvas("width: 100%; height: 100%")}</view><view class="foot" /></view>`,
        wxss: `
      .a { display: flex; flex-direction: column; gap: 10px 99px; height: 400px; padding: 0 20px }
      .head { height: 100rpx; margin-bottom: 5px } .b { flex: 1; height: 0; margin-top: 15px }
      .foot { box-sizing: border-box; height: 40px; padding: 8px }`,
      },
      [335, 270],
    ],
    [
      "its own size in a flex container that has no such space",
      {
        wxml: `<view class="a"><text class="t" />${canvas("flex: 1; width: 70px; height: 30px")}</view>`,
        wxss: ".a { display: flex; gap: ; width: 100px }",
      },
      [70, 30],
    ],
    [
      "its default in a flex container where it does not grow",
      {
        wxml: `<view style="display: flex; width: 10px">${canvas("flex: 0 0 auto")}</view>`,
      },
      [300, 150],
    ],
    [
      "swipers and texts",
      {
        wxml: `<swiper><swiper-item>${canvas("width: 100%; height: 100%")}</swiper-item></swiper>`,
      },
      [375, 150],
    ],
    [
      "the height of an aspect ratio",
      {
        wxml: `<view class="a">${canvas("width: 100%; height: 100%")}</view>`,
        wxss: `
      .a { display: inline-block; height: 30px; aspect-ratio: 2 / 1 }`,
      },
      [60, 30],
    ],
    [
      "the page as :root, and what stands nowhere",
      {
        wxml: `<view />${canvas()}<my-c><canvas id="x" type="2d" style="width: 50%" /></my-c>`,
        json: { usingComponents: { "my-c": "./c" } },
        "pages/c.js": "Component({})",
        "pages/c.wxml": "<view />",
        wxss: ":root { --w: 11px } page:first-child { --h: 12px } .c { width: calc(var(--w) * 18); max-height: var(--h) } @import ; view:root { width: 1px }",
      },
      [198, 12],
    ],
    [
      "borders and paddings as they are written",
      {
        wxml: `<view class="a">${canvas("width: 100%; height: 100%")}</view>`,
        wxss: `.a { color: red } @import "./b.wxss"; @import "./b.wxss"; .a { width: 50px; height: 50px; box-sizing: border-box; border: solid red; border-left: 2px solid; padding: 1px calc(1px + 1px) 3px }`,
        "pages/b.wxss": ".a { padding: ; margin: ; border-width: 9px }",
      },
      [44, 46],
    ],
    [
      "a page with a padding",
      {
        wxml: canvas("width: 100%; height: 100%"),
        wxss: "page { padding: 10rpx; box-sizing: border-box }",
      },
      [365, 593],
    ],
  ];
  for (const [what, files, size] of sheets) {
    it(`is computed from ${what}`, () =>
      withPage(files, async (page) => assert.deepEqual(await sizeOf(page), size)));
  }

  const unknown: [what: string, files: Files, side: string][] = [
    [
      "a function of such a percentage",
      { wxml: `<view>${canvas("width: 10px; height: min(10px, 100%)")}</view>` },
      "height",
    ],
    [
      "a percentage of a height that is not said",
      { wxml: `<view>${canvas("width: 10px; height: 100%")}</view>` },
      "height",
    ],
    [
      "a share of what several take that grow",
      {
        wxml: `<view style="display: flex; width: 90px">${canvas("flex: 1; height: 1px")}<view style="flex: 1" /></view>`,
      },
      "width",
    ],
    [
      "what is left of a height that is not said",
      {
        wxml: `<view style="display: flex; flex-direction: column">${canvas("flex: 1; width: 1px")}</view>`,
      },
      "height",
    ],
    [
      "a percentage in a row",
      {
        wxml: `<view style="display: flex"><view>${canvas("width: 100%; height: 1px")}</view></view>`,
      },
      "width",
    ],
    [
      "a percentage in a column that centers",
      {
        wxml: `<view class="a"><view>${canvas("width: 100%; height: 1px")}</view></view>`,
        wxss: `
      .a { display: flex; flex-direction: column; align-items: center }`,
      },
      "width",
    ],
    [
      "a percentage in a line",
      { wxml: `<text>${canvas("width: 100%; height: 1px")}</text>` },
      "width",
    ],
    [
      "free space that it shares",
      {
        wxml: `<view style="display: flex">${canvas("flex: 1")}<view /></view>`,
      },
      "width",
    ],
    ["what its content would say", { wxml: canvas("width: fit-content; height: 1px") }, "width"],
    [
      "an absolute box without its edges",
      { wxml: `<view style="position: absolute">${canvas("width: 100%; height: 1px")}</view>` },
      "width",
    ],
  ];
  for (const [what, files, side] of unknown) {
    it(`fails for ${what}, and can be set by sizes`, async () => {
      const open = (sizes?: Record<string, { width: number; height: number }>) =>
        withPage(files, (page) => sizeOf(page), sizes && { sizes });
      const failure = await failureOf(() => open());
      assert.equal(failure.code, "INVALID");
      assert.equal(
        failure.message,
        `openPage:fail <canvas> #c of the page pages/a: only a layout could tell its ${side} ` +
          '(pass sizes: { "#c": { width, height } }, in logical pixels)',
      );
      assert.deepEqual(await open({ "#c": { width: 12, height: 34 } }), [12, 34]);
    });
  }

  it("names a canvas without an id by its class or its tag", () =>
    withProject(
      {
        "pages/a.js": "Page({})",
        "pages/a.wxml": '<view><canvas type="2d" class="big c" style="height: 100%" /></view>',
        "pages/b.js": "Page({})",
        "pages/b.wxml": '<view><canvas type="2d" style="height: 100%" /></view>',
      },
      async ({ project }) => {
        assert.match(
          (await failureOf(() => project.openPage("pages/a"))).message,
          /<canvas> \.big of/,
        );
        const failure = await failureOf(() => project.openPage("pages/b"));
        assert.match(failure.message, /<canvas> canvas of .*sizes: \{ "canvas": /);
      },
    ));

  it("may be set for one page, by canvas-id or class, and names its component", () =>
    withProject(
      {
        "pages/a.js": "Page({})",
        "pages/a.wxml": "<c-box />",
        "pages/a.json": { usingComponents: { "c-box": "./c" } },
        "pages/c.js": "Component({})",
        "pages/c.wxml":
          '<view><canvas canvas-id="x" class="k" style="height: 100%" /><canvas class="big k" canvas-id="y" style="height: 10%" /></view>',
      },
      async ({ project }) => {
        const failure = await failureOf(() => project.openPage("pages/a"));
        assert.match(
          failure.message,
          /<canvas> #x of the page pages\/a in the component pages\/c: only/,
        );
        const sizes = { "#x": { width: 1, height: 2 }, ".big": { width: 3, height: 4 } };
        const page = await project.openPage("pages/a", { sizes });
        assert.deepEqual(await sizeOf(page, "c-box >>> .k"), [1, 2]);
        assert.deepEqual(await sizeOf(page, "c-box >>> .big"), [3, 4]);
      },
    ));
});

describe("@media", () => {
  it("matches a landscape screen", () =>
    withPage(
      { wxml: canvas(), wxss: "@media (orientation: landscape) { .c { width: 9px } }" },
      async (page) => assert.deepEqual(await sizeOf(page), [9, 150]),
      { host: { device: { windowWidth: 800, windowHeight: 400 } } },
    ));
});

describe("style isolation", () => {
  /** A component with a canvas of the class `c`, in a page whose styles name it. */
  const files = (json: object, wxss = "", js = "Component({})"): Files => ({
    wxml: '<my-c class="host" id="x" />',
    json: { usingComponents: { "my-c": "./c" } },
    wxss: ".c { width: 10px; height: 10px } .host { width: 100px; height: 50px }",
    "app.wxss": ".c { min-width: 20px } canvas { max-height: 90px }",
    "pages/c.js": js,
    "pages/c.json": json,
    "pages/c.wxml": '<canvas canvas-id="c" class="c" />',
    "pages/c.wxss": wxss,
  });
  const cases: [what: string, files: Files, size: [number, number]][] = [
    ["keeps a page's classes out, not its tags", files({}), [300, 90]],
    ["lets them in with apply-shared", files({ styleIsolation: "apply-shared" }), [20, 10]],
    ["lets them in with addGlobalClass", files({ addGlobalClass: true }), [20, 10]],
    [
      "lets them in with options of the component",
      files({}, "", "Component({ options: { styleIsolation: 'shared' } })"),
      [20, 10],
    ],
    [
      "lets the component's own win",
      files({ styleIsolation: "shared" }, ".c { width: 44px }"),
      [44, 10],
    ],
    [
      "knows :host",
      files({}, ":host { --w: 33px } .c { width: var(--w) } .host { --w: 1px }"),
      [33, 90],
    ],
    [
      "gives the component's box to what is in it",
      files({}, ".c { width: 100%; height: 100% }"),
      [100, 50],
    ],
  ];
  for (const [what, all, size] of cases) {
    it(what, () =>
      withPage(all, async (page) => assert.deepEqual(await sizeOf(page, "my-c >>> .c"), size)),
    );
  }

  it("shares styles of shared components with the page; page-isolated excludes app.wxss", () =>
    withPage(
      {
        wxml: '<my-s /><my-t id="t" /><canvas canvas-id="p" class="c" />',
        json: { usingComponents: { "my-s": "./s", "my-t": "./t" }, styleIsolation: "page-shared" },
        "app.wxss": ".c { height: 40px }",
        "pages/s.js": "Component({})",
        "pages/s.json": { styleIsolation: "shared" },
        "pages/s.wxss": ".c { width: 77px }",
        "pages/t.js": "Component({})",
        "pages/t.json": { styleIsolation: "apply-shared" },
        "pages/t.wxml": '<canvas canvas-id="t" class="c" />',
      },
      async (page) => {
        assert.deepEqual(await sizeOf(page, "#p"), [77, 40]);
        assert.deepEqual(await sizeOf(page, "#t >>> .c"), [77, 40]);
      },
    ));

  it("excludes app.wxss from an isolated page", () =>
    withPage(
      {
        wxml: canvas(),
        json: { styleIsolation: "page-isolated" },
        "app.wxss": ".c { width: 1px; height: 1px }",
      },
      async (page) => assert.deepEqual(await sizeOf(page), [300, 150]),
    ));

  it("lets a page style components by external classes", () =>
    withPage(
      {
        wxml: '<view class="a"><my-c id="x" canvas-class="big wide" /></view>',
        json: { usingComponents: { "my-c": "./c", "my-d": "./d" } },
        wxss: ".a .big { width: 70px } .wide { height: 30px } .inner { height: 1px } view.big { width: 2px }",
        "pages/c.js": "Component({ externalClasses: ['canvas-class'] })",
        "pages/c.json": { usingComponents: { "my-d": "./d" } },
        "pages/c.wxml":
          '<canvas canvas-id="c" class="canvas-class" /><my-d id="d" inner="canvas-class" />',
        "pages/d.js": "Component({ externalClasses: ['inner'] })",
        "pages/d.wxml": '<canvas canvas-id="d" class="inner other" />',
      },
      async (page) => {
        assert.deepEqual(await sizeOf(page, "#x >>> [canvas-id=c]"), [70, 30]);
        assert.deepEqual(await sizeOf(page, "#x >>> [canvas-id=d]"), [70, 30]);
      },
    ));

  it("styles slotted nodes with the page's styles, and places them in the component", () =>
    withPage(
      {
        wxml: '<my-c><canvas canvas-id="c" class="c" /></my-c>',
        json: { usingComponents: { "my-c": "./c" } },
        wxss: ".c { width: 50%; height: 100% }",
        "pages/c.js": "Component({})",
        "pages/c.wxml": '<view class="frame"><slot /></view>',
        "pages/c.wxss": ".frame { width: 80px; height: 60px } .c { width: 1px }",
      },
      async (page) => assert.deepEqual(await sizeOf(page), [40, 60]),
    ));
});
