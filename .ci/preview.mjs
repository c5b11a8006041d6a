// The preview in headless Chromium: save, break, mend, loop, crash; a pixel's call; a design; and what 1,000 saves leave.
// `node .ci/preview.mjs [--saves 30] [--many 0]`
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { saves: { type: "string", default: "30" }, many: { type: "string", default: "0" } },
});
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find(
  (path) => path && existsSync(path),
);
if (!executablePath) {
  console.log("skipped: there is no Chromium (apt-get install chromium)");
  process.exit();
}
const { chromium } = await import("playwright-core");

const folder = mkdtempSync(join(tmpdir(), "preview-"));
mkdirSync(join(folder, "node_modules"));
symlinkSync(resolve("."), join(folder, "node_modules", "wx-canvas-node"));
for (const name of ["posters", "lib"]) mkdirSync(join(folder, name));
const put = (name, text) => writeFileSync(join(folder, name), text);
put("package.json", '{ "type": "module", "private": true }');
put("lib/a.js", 'export { colour } from "./b.js";\n');
put("lib/b.js", 'export { colour } from "./c.js";\n');
const colour = (value) => put("lib/c.js", `export const colour = ${JSON.stringify(value)};\n`);
colour("#0066cc");
const poster = (body = "") =>
  put(
    "posters/card.js",
    `import { definePoster } from "wx-canvas-node/posters";
import { colour } from "../lib/a.js";
export const cases = { long: { name: "A long name" }, short: { name: "B" } };
export default definePoster({
  width: 375,
  height: 667,
  draw({ context, data }) {
    ${body}
    context.fillStyle = colour;
    context.fillRect(0, 0, 375, 667);
    context.fillStyle = "#fff";
    context.font = "32px sans-serif";
    context.fillText(data.name, 30, 80);
  },
});
`,
  );
poster();

const server = spawn(
  process.execPath,
  [resolve("dist/cli/main.js"), "preview", "posters", "--timeout", "2500"],
  { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
);
const ended = new Promise((resolve) => server.on("exit", resolve));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const url = await new Promise((resolve) =>
    server.stdout.once("data", (text) => resolve(String(text).trim())),
  );
  for (const headers of [{ host: "evil.example" }, { origin: "http://evil.example" }]) {
    const status = await statusOf(url, headers);
    assert.equal(status, 403, JSON.stringify(headers));
  }
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const problems = [];
  const foreign = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("404"))
      problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(?:blob:|data:)/.test(request.url()) && !request.url().startsWith(url))
      foreign.push(request.url());
  });
  await page.goto(url);
  const shows = (red, green, blue, title = "long") =>
    page.waitForFunction(
      ([expected, title]) => {
        const image = document.querySelector(`article[data-case="${title}"] img`);
        if (!image?.complete || image.naturalWidth === 0) return false;
        const canvas = document.createElement("canvas");
        const context = canvas.getContext("2d");
        context.drawImage(image, -600, -1200);
        return context.getImageData(0, 0, 1, 1).data.slice(0, 3).join() === expected;
      },
      [[red, green, blue].join(), title],
      { timeout: 15_000 },
    );
  await shows(0, 102, 204);
  await shows(0, 102, 204, "short");

  const times = [];
  for (let i = 0; i < Number(values.saves); i++) {
    const value = (i * 37) % 256;
    const begun = performance.now();
    colour(`rgb(${value} 20 ${255 - value})`);
    await shows(value, 20, 255 - value);
    times.push(performance.now() - begun);
    await shows(value, 20, 255 - value, "short");
    await page.waitForTimeout(400);
  }
  times.sort((a, b) => a - b);
  console.log(
    `a change three imports deep, until it is seen: median ${Math.round(times[times.length >> 1])} ms, most ${Math.round(times.at(-1))} ms of ${times.length}`,
  );

  const problem = (code) =>
    page.waitForFunction(
      (code) =>
        document.querySelector('article[data-case="long"] .problem')?.textContent.includes(code),
      code,
      { timeout: 20_000 },
    );
  const mended = async (red) => {
    colour(`rgb(${red} 1 1)`);
    poster();
    await shows(red, 1, 1);
    assert.equal(await page.locator('article[data-case="long"] .problem').count(), 0);
  };
  put("lib/b.js", 'export { colour } from "./c.js";\nexport const x = {{;\n');
  await problem("LOAD");
  const text = await page.textContent('article[data-case="long"] .problem');
  assert.match(text, /lib\/b\.js:2/);
  assert.match(text, />\s+2 \| export const x = \{\{;/);
  await page.screenshot({ path: "out/preview-problem.png" });
  put("lib/b.js", 'export { colour } from "./c.js";\n');
  await mended(10);
  poster("context.noSuchThing();");
  await problem("DRAW");
  assert.match(await page.textContent('article[data-case="long"] .problem'), /card\.js:8/);
  await mended(20);
  poster("for (;;);");
  await problem("TIMEOUT");
  await mended(30);
  poster("process.abort();");
  await problem("CRASHED");
  await mended(40);
  console.log("a syntax error, a thrown error, an endless loop and a crash are shown, and mended");

  const card = page.locator('article[data-case="long"]');
  await card.getByRole("button", { name: "Calls" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".calls li").length > 1);
  const image = card.locator(".stage img").first();
  await image.hover({ position: { x: 300, y: 500 } });
  assert.match(
    await card.locator(".call").textContent(),
    /1\. fillRect\(0, 0, 375, 667\) .*card\.js:10/,
  );
  await image.hover({ position: { x: 37, y: 70 } });
  const said = [];
  for (let x = 30; x < 60; x++) {
    await image.hover({ position: { x, y: 70 } });
    said.push(await card.locator(".call").textContent());
  }
  assert.ok(
    said.some((one) => /2\. fillText\("A long name", 30, 80\) .*card\.js:13/.test(one)),
    said.join("\n"),
  );
  console.log("a pixel tells its call and line");

  await card.getByRole("button", { name: "Accept" }).click();
  await card.locator(".design").waitFor({ state: "visible" });
  assert.ok(existsSync(join(folder, "posters/__pictures__/card/long.png")));
  await card.locator("input[type=range]").fill("50");
  await page.screenshot({ path: "out/preview.png" });
  assert.deepEqual(problems, []);
  assert.deepEqual(foreign, []);

  if (Number(values.many) > 0) await saveMany(page, shows);
  server.kill("SIGINT");
  assert.equal(await ended, 0);
} finally {
  await browser.close();
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

/** What many saves leave in the server: processes, descriptors, memory. */
async function saveMany(page, shows) {
  const count = Number(values.many);
  const measure = () => {
    const { pid } = server;
    return {
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      children: readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").length,
      memory: Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]),
    };
  };
  let half;
  for (let i = 0; i < count; i++) {
    colour(`rgb(${i % 256} ${(i >> 8) % 256} 9)`);
    await shows(i % 256, (i >> 8) % 256, 9);
    if (i === count >> 1) half = measure();
  }
  await page.waitForTimeout(3_000);
  const after = measure();
  console.log(`${count} saves: ${JSON.stringify(half)} halfway, ${JSON.stringify(after)} after`);
  assert.ok(after.children <= 5 && after.descriptors <= half.descriptors + 10);
  assert.ok(after.memory < half.memory * 1.3 + 20_000);
}

/** fetch() does not let a script choose these headers. */
async function statusOf(url, headers) {
  const { request } = await import("node:http");
  return new Promise((resolve) =>
    request(url, { headers }, (response) => resolve(response.resume().statusCode)).end(),
  );
}
