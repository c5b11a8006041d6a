// The report's page in a real Chromium: pictures, slider, filters, keyboard, 500 failures.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { type Browser, chromium, type Page } from "playwright-core";
import { reportPictures } from "../../lib/testing/index.ts";
import { inPlayground } from "./support.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** A run in which so many pictures failed; their files are the same but for their names. */
function leaveRun(root: string, failures: number): void {
  const test = "poster.spec.ts";
  const kept = join(root, ".pictures", test);
  const baselines = join(root, "__pictures__", test);
  for (const folder of [kept, baselines]) mkdirSync(folder, { recursive: true });
  const [expected, actual, diff] = ["#0a0", "#a00", "#fff"].map((colour) => {
    const canvas = createCanvas(375, 600);
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 375, 600);
    for (let i = 0; i < 400; i++) context.clearRect((i * 37) % 375, (i * 91) % 600, 3, 3);
    return canvas.toBuffer("image/png");
  }) as [Buffer, Buffer, Buffer];
  const lines = [];
  for (let i = 0; i < failures; i++) {
    const name = `picture ${i}`;
    const isMissing = i % 5 === 4;
    if (!isMissing) writeFileSync(join(baselines, `${name}.png`), expected);
    writeFileSync(join(kept, `${name}.actual.png`), actual);
    if (!isMissing) writeFileSync(join(kept, `${name}.diff.png`), diff);
    const status = isMissing ? "missing" : "differs";
    const environmentChanges = isMissing ? undefined : ["engine: 1.0.0 → 1.1.1"];
    lines.push(
      JSON.stringify({ kind: "picture", test, name, status, message: "why", environmentChanges }),
    );
  }
  const run = { id: "1-1", startedAt: new Date().toISOString(), filters: [] };
  writeFileSync(join(root, ".pictures", "run.json"), JSON.stringify(run));
  writeFileSync(join(root, ".pictures", "results.jsonl"), `${lines.join("\n")}\n`);
}

describe("the page of the report, in Chromium", function () {
  this.timeout(120_000);
  let browser: Browser | undefined;

  before(async function () {
    if (!existsSync(CHROMIUM)) this.skip();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  after(() => browser?.close());

  async function withPage(
    failures: number,
    test: (page: Page, file: string) => Promise<void>,
  ): Promise<void> {
    await inPlayground(async ({ folder }) => {
      leaveRun(folder, failures);
      const { html } = await reportPictures({ root: folder });
      const page = await (browser as Browser).newPage({ viewport: { width: 1200, height: 800 } });
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("console", (message) => wrong.push(message.text()));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) wrong.push(request.url());
      });
      await page.goto(`file://${html}`);
      await drawn(page);
      await test(page, html);
      await page.close();
      assert.deepEqual(wrong, []);
    });
  }

  const drawn = (page: Page) => page.waitForSelector("#picture canvas[data-drawn]");
  const heading = (page: Page) => page.textContent("#picture h2");

  it("shows expected, actual and diff, and the differences of the environment at the top", () =>
    withPage(5, async (page) => {
      assert.equal(await page.title(), "5 of 5 pictures failed");
      assert.match(
        (await page.textContent("#environment")) ?? "",
        /engine: 1\.0\.0 → 1\.1\.1 \(4 pictures\)/,
      );
      assert.deepEqual(await page.locator("figcaption").allTextContents(), [
        "expected",
        "actual",
        "diff",
      ]);
      await page.locator("canvas[data-drawn]").nth(2).waitFor();
      const size = await page.locator("#picture canvas").first().boundingBox();
      assert.ok(size && Math.abs(size.width / size.height - 375 / 600) < 0.02, "not distorted");
      assert.match((await page.textContent("#picture pre")) ?? "", /why/);
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        assert.equal(background, colorScheme === "dark" ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
      }
    }));

  it("has a slider that keys and the mouse move", () =>
    withPage(2, async (page) => {
      await page.keyboard.press("2");
      await page.locator(".stack canvas[data-drawn]").nth(1).waitFor();
      const clip = () =>
        page.evaluate("document.querySelectorAll('.stack canvas')[1].style.clipPath");
      assert.match(String(await clip()), /50%/);
      await page.keyboard.press("ArrowRight");
      assert.match(String(await clip()), /52%/);
      const box = await page.locator(".stack").boundingBox();
      assert.ok(box);
      await page.mouse.click(box.x + box.width * 0.25, box.y + 20);
      assert.match(String(await clip()), /25%/);
      // Expected is on the left, actual on the right.
      const shot = await page.locator(".stack").screenshot();
      const { decode } = await import("../support/pictures.ts");
      const picture = await decode(shot);
      const at = (share: number) =>
        picture.at(Math.round(picture.width * share), picture.height - 20);
      assert.ok(at(0.1)[1] > at(0.1)[0] && at(0.7)[0] > at(0.7)[1]);
    }));

  it("can be browsed, searched and filtered by the keyboard", () =>
    withPage(10, async (page) => {
      const names = () => page.locator("#list b").allTextContents();
      await page.keyboard.press("j");
      await page.keyboard.press("ArrowDown");
      assert.equal(await heading(page), "picture 2");
      await page.keyboard.press("k");
      assert.equal(await heading(page), "picture 1");
      await page.keyboard.press("3");
      assert.deepEqual(await page.locator("figcaption").allTextContents(), ["diff"]);
      await page.keyboard.press("1");
      await page.keyboard.press("z");
      assert.equal(await page.textContent("#zoom"), "100 %");
      await page.keyboard.press("/");
      await page.keyboard.type("picture 7");
      assert.deepEqual(await names(), ["picture 7"]);
      await page.keyboard.press("Escape");
      await page.fill("#search", "nothing like it");
      assert.match((await page.textContent("#picture")) ?? "", /Nothing found/);
      await page.fill("#search", "");
      await page.click("#filters >> text=missing 2");
      assert.deepEqual(await names(), ["picture 4", "picture 9"]);
      assert.deepEqual(await page.locator("figcaption").allTextContents(), ["expected", "actual"]);
      // The address leads back to the picture.
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await drawn(page);
      assert.equal(await heading(page), "picture 4");
    }));

  it("opens 500 failures within 2 seconds, and takes less than 300 MB after all are viewed", () =>
    withPage(500, async (page, html) => {
      let fastest = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < 3; attempt++) {
        await page.goto("about:blank");
        const began = performance.now();
        await page.goto(`file://${html}`);
        await drawn(page);
        fastest = Math.min(fastest, performance.now() - began);
      }
      assert.ok(fastest < 2000, `${fastest} ms`);
      assert.equal(await page.locator("#list li").count(), 500);
      for (let i = 0; i < 100; i++) await page.keyboard.press("j");
      await drawn(page);
      if (process.platform === "linux") {
        let memory = rendererMegabytes();
        // A busy machine frees it later.
        for (let i = 0; i < 20 && Math.max(...memory) >= 300; i++) {
          await new Promise((resolve) => setTimeout(resolve, 500));
          memory = rendererMegabytes();
        }
        assert.ok(memory.length > 0 && Math.max(...memory) < 300, `${memory} MB`);
      }
    }));
});

/** Whether this process started that one, or an ancestor of it. */
function isDescendant(pid: string): boolean {
  const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  if (parent === String(process.pid)) return true;
  return parent !== "0" && isDescendant(parent);
}

/** The memory of this browser's renderers, each with its share of shared pages. */
function rendererMegabytes(): number[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) return [];
      if (!isDescendant(pid)) return [];
      const [, kilobytes] =
        /^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
      return kilobytes ? [Number(kilobytes) / 1024] : [];
    } catch {
      return [];
    }
  });
}
