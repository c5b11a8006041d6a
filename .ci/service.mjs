// The example service as a user starts it: its page in headless Chromium, its probes, and its end
// by SIGTERM.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";

const started = performance.now();
const server = spawn(process.execPath, ["examples/service/server.js"], {
  env: { ...process.env, PORT: "0", HOST: "127.0.0.1" },
  stdio: ["ignore", "pipe", "pipe"],
});
let complaints = "";
server.stderr.on("data", (text) => {
  complaints += text;
});
const ended = new Promise((resolve) =>
  server.on("exit", (code, signal) => resolve([code, signal])),
);
const port = await new Promise((resolve, reject) => {
  server.stdout.on("data", (text) => resolve(/:(\d+)/.exec(text)?.[1]));
  ended.then(() => reject(new Error("the service ended")));
});
const origin = `http://127.0.0.1:${port}`;
console.log(`ready and warm after ${Math.round(performance.now() - started)} ms`);

try {
  for (const path of ["/healthz", "/readyz", "/metrics", "/"]) {
    assert.equal((await fetch(origin + path)).status, 200, path);
  }
  const chromium = ["/usr/bin/chromium", process.env.CHROMIUM].find(
    (path) => path && existsSync(path),
  );
  if (chromium) await drive(chromium);
  else console.log("no Chromium: the page was not driven");

  // What was begun is answered, although the end has come; what comes later is refused, not lost.
  const orders = Array.from({ length: 12 }, (_, i) =>
    fetch(`${origin}/posters/invite`, {
      method: "POST",
      body: JSON.stringify({ nickname: `No. ${i}` }),
    }),
  );
  const active = async () =>
    /^wx_canvas_active (\d+)/m.exec(await (await fetch(`${origin}/metrics`)).text());
  while (!(Number((await active())?.[1]) > 0));
  server.kill("SIGTERM");
  const statuses = (await Promise.all(orders)).map(({ status }) => status);
  const made = statuses.filter((status) => status === 200).length;
  assert.ok(made > 0 && statuses.every((status) => [200, 503].includes(status)), statuses.join());
  assert.deepEqual(await ended, [0, null]);
  assert.equal(complaints, "");
  console.log(`SIGTERM: ${made} of 12 answered, ${12 - made} refused, none lost; exit code 0`);
} finally {
  server.kill("SIGKILL");
}

async function drive(executablePath) {
  const playwright = await import("playwright-core");
  const browser = await playwright.chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(origin);
    const widthOf = (selector) => page.$eval(selector, (image) => image.naturalWidth);
    const shows = (selector, width) =>
      page.waitForFunction(
        ([selector, width]) => document.querySelector(selector).naturalWidth === width,
        [selector, width],
      );
    await shows("section:nth-of-type(1) img", 750);
    await shows("section:nth-of-type(2) img", 1020);
    assert.equal(await widthOf("#signed"), 375);
    assert.deepEqual(problems, []);

    const source = () => page.$eval("section:nth-of-type(2) img", ({ src }) => src);
    const before = await source();
    await page.fill("input[name=amount]", "1280");
    await page.click("section:nth-of-type(2) button");
    await page.waitForFunction(
      (src) => document.querySelector("section:nth-of-type(2) img").src !== src,
      before,
    );
    await page.fill("input[name=nickname]", "");
    await page.click("section:nth-of-type(1) button");
    await page.waitForFunction(() => document.querySelector("output").value.includes("nickname"));
    await mkdir("out", { recursive: true });
    await page.screenshot({ path: "out/service.png" });
    console.log("the page shows both posters, a signed link, and what was wrong: out/service.png");
  } finally {
    await browser.close();
  }
}
