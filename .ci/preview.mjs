// The preview of the packed tarball in headless Chromium: saves of every kind, failures and their
// end, the call of a pixel for every kind of poster, a design to compare with; and what 1,000 saves
// leave. `node .ci/preview.mjs [--saves 30] [--many 0] [--screenshots out]`
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
} from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCanvas } from "@napi-rs/canvas";
import { createProject } from "./packed.mjs";

const { values } = parseArgs({
  options: {
    saves: { type: "string", default: "30" },
    many: { type: "string", default: "0" },
    screenshots: { type: "string", default: "out" },
  },
});
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find(
  (path) => path && existsSync(path),
);
if (!executablePath) {
  console.log("skipped: there is no Chromium (apt-get install chromium)");
  process.exit();
}
mkdirSync(values.screenshots, { recursive: true });
const { chromium } = await import("playwright-core");

const project = createProject("preview");
const { folder, put } = project;
/** Saves as many editors do: writes another file, and gives it the name. */
const replace = (name, text) => {
  put(`${name}.saving`, text);
  renameSync(join(folder, `${name}.saving`), join(folder, name));
};
const lineOf = (text, part) => text.split("\n").findIndex((line) => line.includes(part)) + 1;
const font = (weight) =>
  copyFileSync(
    `node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-latin-${weight}-normal.woff2`,
    join(folder, "fonts/title.woff2"),
  );
const picture = (colour) => {
  const canvas = createCanvas(100, 100);
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 100, 100);
  return canvas.toBuffer("image/png");
};

put("lib/a.js", 'export { colour } from "./b.js";\n');
put("lib/b.js", 'export { colour } from "./c.js";\n');
const colour = (value) => put("lib/c.js", `export const colour = ${JSON.stringify(value)};\n`);
colour("#0066cc");
put("node_modules/shade/package.json", '{ "main": "index.js" }');
const shade = (value) => put("node_modules/shade/index.js", `exports.shade = "${value}";\n`);
shade("#00ff00");
put("assets/stamp.png", picture("#f00"));
mkdirSync(join(folder, "fonts"));
font(400);

const cardWith = (statement) => `import { definePoster } from "wx-canvas-node/posters";
import { shade } from "shade";
import { colour } from "../lib/a.js";
export const cases = { long: { name: "A long name" }, short: { name: "B" } };
export default definePoster({
  width: 375,
  height: 667,
  async draw({ context, data, host }) {
    ${statement}
    context.fillStyle = colour;
    context.fillRect(0, 0, 375, 667);
    await host.loadFont("fonts/title.woff2", "Title");
    context.fillStyle = "#fff";
    context.font = "32px Title";
    context.fillText(data.name, 30, 80);
    for (const file of ["stamp", "later"]) {
      const image = await host.loadImage("assets/" + file + ".png").catch(() => undefined);
      if (image) context.drawImage(image, file === "stamp" ? 100 : 250, 300, 100, 100);
    }
    context.fillStyle = shade;
    context.fillRect(0, 0, 375, 20);
  },
});
`;
const card = cardWith("");
put("posters/card.js", card);
const old = `import { definePoster } from "wx-canvas-node/posters";
export default definePoster({
  width: 100,
  height: 100,
  legacy({ wx }) {
    const context = wx.createCanvasContext("poster");
    context.setFillStyle("#ffffff");
    context.fillRect(0, 0, 100, 100);
    context.beginPath();
    context.arc(50, 50, 30, 0, 7);
    context.setFillStyle("#ff0000");
    context.fill();
    context.draw();
  },
});
`;
put("posters/old.js", old);

// TypeScript, compiled with a source map: each line is the one six lines below in the source.
put("compiled/card.js", `${card}//# sourceMappingURL=card.js.map\n`);
const mappings = card.split("\n").map((_, line) => (line === 0 ? "AAMA" : "AACA"));
const map = { version: 3, sources: ["card.ts"], names: [], mappings: mappings.join(";") };
put("compiled/card.js.map", JSON.stringify(map));

// A mini-program: a 2D node, on which an offscreen canvas is drawn, and a legacy canvas.
const node = `const { badge } = require("../../utils/badge");
Page({
  onReady() {
    wx.createSelectorQuery().select("#poster").fields({ node: true, size: true }).exec(([{ node, width, height }]) => {
      const ratio = wx.getSystemInfoSync().pixelRatio;
      Object.assign(node, { width: width * ratio, height: height * ratio });
      const context = node.getContext("2d");
      context.scale(ratio, ratio);
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
      context.drawImage(badge(), 50, 50, 40, 40);
      wx.canvasToTempFilePath({ canvas: node, fileType: "jpg", quality: 1 });
    });
  },
});
`;
const badge = `exports.badge = () => {
  const canvas = wx.createOffscreenCanvas({ type: "2d", width: 20, height: 20 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#00f";
  context.fillRect(0, 0, 20, 20);
  return canvas;
};
`;
put("mini/app.json", '{ "pages": ["pages/node/node", "pages/old/old"] }');
put("mini/utils/badge.js", badge);
for (const [name, code, wxml] of [
  ["node", node, '<canvas type="2d" id="poster" style="width: 100px; height: 100px" />'],
  [
    "old",
    `Page({
  onReady() {
    const context = wx.createCanvasContext("poster", this);
    context.fillRect(0, 0, 100, 100);
    context.draw(false, () => wx.canvasToTempFilePath({ canvasId: "poster" }, this));
  },
});
`,
    '<canvas canvas-id="poster" style="width: 100px; height: 100px" />',
  ],
]) {
  put(`mini/pages/${name}/${name}.js`, code);
  put(`mini/pages/${name}/${name}.json`, "{}");
  put(`mini/pages/${name}/${name}.wxml`, wxml);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const servers = new Set();
try {
  await drivePosters();
  await driveOthers();
} finally {
  await browser.close();
  for (const server of servers) server.kill("SIGKILL");
  project.remove();
}

/** Starts a preview, as its command does, and opens its page. */
async function openPreview(given) {
  const server = spawn(process.execPath, [project.command, "preview", given, "--timeout", "5000"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  servers.add(server);
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const url = await new Promise((resolve) =>
    server.stdout.once("data", (text) => resolve(String(text).trim())),
  );
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("404"))
      problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(?:blob:|data:)/.test(request.url()) && !request.url().startsWith(url))
      problems.push(`a request leaves: ${request.url()}`);
  });
  await page.goto(url);
  return {
    url,
    page,
    server,
    async end() {
      assert.deepEqual(problems, []);
      await page.close();
      server.kill("SIGINT");
      assert.equal(await ended, 0);
      servers.delete(server);
    },
  };
}

/** Waits until the picture of the case has that colour at a place, in logical pixels. */
function shows(page, [red, green, blue], { x = 300, y = 600, name = "long" } = {}) {
  return page.waitForFunction(
    ([expected, name, x, y]) => {
      const image = document.querySelector(`article[data-case="${name}"] img`);
      if (!image?.complete || image.naturalWidth === 0) return false;
      const context = document.createElement("canvas").getContext("2d");
      const ratio = image.naturalWidth / image.width;
      context.drawImage(image, -x * ratio, -y * ratio);
      return context.getImageData(0, 0, 1, 1).data.slice(0, 3).join() === expected;
    },
    [[red, green, blue].join(), name, x, y],
    // At each frame would take the time that the drawing needs.
    { timeout: 15_000, polling: 25 },
  );
}

/** What the page says of the pixel that the pointer is at: the call, and its place. */
async function saidAt(page, x, y, name = "long") {
  const card = page.locator(`article[data-case="${name}"]`);
  const image = card.locator(".stage img").first();
  await image.hover({ position: { x, y } });
  await page.waitForFunction(
    (name) => {
      const text = document.querySelector(`article[data-case="${name}"] .call`).textContent;
      return text !== "" && text !== "…";
    },
    name,
    { timeout: 15_000 },
  );
  // The calls come after the first move of the pointer: the second one finds them.
  await image.hover({ position: { x: x + 1, y } });
  await image.hover({ position: { x, y } });
  return card.locator(".call").textContent();
}

async function drivePosters() {
  const preview = await openPreview("posters");
  const { page, url } = preview;
  for (const headers of [{ host: "evil.example" }, { origin: "http://evil.example" }]) {
    assert.equal(await statusOf(url, headers), 403, JSON.stringify(headers));
  }
  await shows(page, [0, 102, 204]);
  await shows(page, [0, 102, 204], { name: "short" });

  const times = [];
  for (let i = 0; i < Number(values.saves); i++) {
    const value = (i * 37) % 256;
    const begun = performance.now();
    colour(`rgb(${value} 20 ${255 - value})`);
    await shows(page, [value, 20, 255 - value]);
    times.push(performance.now() - begun);
    await shows(page, [value, 20, 255 - value], { name: "short" });
    await page.waitForTimeout(600);
  }
  times.sort((a, b) => a - b);
  const median = Math.round(times[times.length >> 1]);
  console.log(
    `a change three imports deep, until it is seen: median ${median} ms, most ${Math.round(times.at(-1))} ms of ${times.length}`,
  );

  shade("#ff00ff");
  await shows(page, [255, 0, 255], { y: 10 });
  put("assets/later.png", picture("#ff0"));
  await shows(page, [255, 255, 0], { x: 300, y: 350 });
  replace("assets/stamp.png", picture("#0ff"));
  await shows(page, [0, 255, 255], { x: 150, y: 350 });
  const thin = await brightness(page);
  font(900);
  for (let i = 0; (await brightness(page)) < thin * 1.2; i++) {
    assert.ok(i < 100, "a font that is replaced is not seen");
    await page.waitForTimeout(50);
  }
  console.log(
    "a package, a picture that comes later, one that is renamed over, a font: all are seen",
  );

  await driveFailures(page);

  // Of text, a picture, rectangles; the place is where the source has it.
  const place = (part) => `posters/card.js:${lineOf(card, part)}:`;
  const name = "posters/card.js";
  for (const [x, y, call, part] of [
    [300, 500, "fillRect(0, 0, 375, 667)", "fillRect(0, 0, 375, 667)"],
    [150, 350, "drawImage(Image, 100, 300, 100, 100)", "drawImage(image"],
    [200, 10, "fillRect(0, 0, 375, 20)", "fillRect(0, 0, 375, 20)"],
  ]) {
    const said = await saidAt(page, x, y);
    assert.ok(said.includes(call) && said.includes(place(part)), `${name} at ${x}, ${y}: ${said}`);
  }
  const said = [];
  for (let x = 30; x < 60; x++) said.push(await saidAt(page, x, 70));
  const text = `fillText("A long name", 30, 80) ${place("fillText(data.name")}`;
  assert.ok(
    said.some((one) => one.includes(text)),
    said.join("\n"),
  );
  const article = page.locator('article[data-case="long"]');
  await article.getByRole("button", { name: "Calls" }).click();
  assert.equal(await article.locator(".calls li").count(), 5);
  await article.locator(".calls li").first().click();
  await article.locator(".calls").press("ArrowDown");
  assert.match(await article.locator(".call").textContent(), /^2\. fillText/);
  console.log(
    "a pixel of text, a picture, a rectangle tells its call and line; calls are stepped through",
  );

  await article.getByRole("button", { name: "Accept" }).click();
  await article.locator(".design").waitFor({ state: "visible" });
  assert.ok(existsSync(join(folder, "posters/__pictures__/card/long.png")));
  await article.locator("input[type=range]").fill("50");
  await page.screenshot({ path: join(values.screenshots, "preview.png") });

  await page.getByRole("button", { name: "old" }).click();
  await shows(page, [255, 0, 0], { x: 50, y: 50, name: "" });
  const legacy = await saidAt(page, 50, 50, "");
  assert.ok(legacy.includes(`old.js:${lineOf(old, "context.fill();")}:`), legacy);
  assert.ok((await saidAt(page, 5, 5, "")).includes(`old.js:${lineOf(old, "fillRect")}:`));
  await page.getByRole("button", { name: "card" }).click();
  await shows(page, [40, 1, 1]);

  if (Number(values.many) > 0) await saveMany(preview);
  await preview.end();
}

async function driveFailures(page) {
  const problem = (code) =>
    page.waitForFunction(
      (code) =>
        document.querySelector('article[data-case="long"] .problem')?.textContent.includes(code),
      code,
      { timeout: 20_000 },
    );
  const mended = async (red) => {
    colour(`rgb(${red} 1 1)`);
    replace("posters/card.js", card);
    await shows(page, [red, 1, 1]);
    assert.equal(await page.locator('article[data-case="long"] .problem').count(), 0);
  };
  const broken = 'export { colour } from "./c.js";\nexport const x = {{;\n';
  put("lib/b.js", broken);
  await problem("LOAD");
  const text = await page.textContent('article[data-case="long"] .problem');
  assert.match(text, /lib\/b\.js:2/);
  assert.match(text, />\s+2 \| export const x = \{\{;/);
  await page.screenshot({ path: join(values.screenshots, "problem.png") });
  put("lib/b.js", 'export { colour } from "./c.js";\n');
  await mended(10);
  put("posters/card.js", cardWith("context.noSuchThing();"));
  await problem("DRAW");
  assert.match(
    await page.textContent('article[data-case="long"] .problem'),
    new RegExp(`card\\.js:${lineOf(cardWith("noSuchThing"), "noSuchThing")}`),
  );
  await mended(20);
  put("posters/card.js", cardWith("for (;;);"));
  await problem("TIMEOUT");
  await mended(30);
  put("posters/card.js", cardWith("process.abort();"));
  await problem("CRASHED");
  await mended(40);
  console.log("a syntax error, a thrown error, an endless loop and a crash are shown, and mended");
}

/** Calls of pages and of compiled modules. */
async function driveOthers() {
  const mini = await openPreview("mini");
  await shows(mini.page, [0, 0, 254], { x: 70, y: 70, name: "" });
  assert.ok(
    (await saidAt(mini.page, 70, 70, "")).includes(`utils/badge.js:${lineOf(badge, "fillRect")}:`),
  );
  assert.ok((await saidAt(mini.page, 5, 5, "")).includes(`node.js:${lineOf(node, "fillRect")}:`));
  await mini.page.getByRole("button", { name: "old" }).click();
  await shows(mini.page, [0, 0, 0], { x: 50, y: 50, name: "" });
  assert.match(await saidAt(mini.page, 50, 50, ""), /fillRect\(0, 0, 100, 100\).*old\.js:4:/);
  await mini.end();

  colour("rgb(40 1 1)");
  const compiled = await openPreview("compiled");
  await shows(compiled.page, [40, 1, 1]);
  const said = await saidAt(compiled.page, 300, 500);
  assert.ok(said.includes(`compiled/card.ts:${lineOf(card, "fillRect") + 6}:`), said);
  await compiled.end();
  console.log(
    "so do those of pages, 2D nodes and legacy canvases, and of modules with a source map",
  );
}

/** How many pixels of the text are bright. */
function brightness(page) {
  return page.evaluate(() => {
    const image = document.querySelector('article[data-case="long"] img');
    const context = document.createElement("canvas").getContext("2d");
    context.drawImage(image, -60, -80);
    const { data } = context.getImageData(0, 0, 300, 100);
    return data.reduce((sum, value, i) => sum + (i % 4 === 1 && value > 128 ? 1 : 0), 0);
  });
}

/** What many saves leave in the server: processes, descriptors, memory. */
async function saveMany({ page, server: { pid } }) {
  const count = Number(values.many);
  const measure = () => ({
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").length,
    memory: Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]),
  });
  const marks = [];
  for (let i = 0; i < count; i++) {
    colour(`rgb(${i % 256} ${(i >> 8) % 256} 9)`);
    await shows(page, [i % 256, (i >> 8) % 256, 9]).catch(async (error) => {
      throw new Error(`save ${i}: ${await page.textContent("main")}`, { cause: error });
    });
    if ((i + 1) % Math.ceil(count / 4) === 0) marks.push(measure());
    if ((i + 1) % 100 === 0) console.log(`${i + 1} saves: ${JSON.stringify(measure())}`);
  }
  await page.waitForTimeout(3_000);
  const [first] = marks;
  const after = measure();
  console.log(`at the end: ${JSON.stringify(after)}`);
  assert.ok(after.children <= 8 && after.descriptors <= first.descriptors + 10);
  assert.ok(after.memory < first.memory * 1.3 + 20_000);
}

/** fetch() does not let a script choose these headers. */
function statusOf(url, headers) {
  return new Promise((resolve) =>
    request(url, { headers }, (response) => resolve(response.resume().statusCode)).end(),
  );
}
