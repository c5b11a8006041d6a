// A project whose pages use public packages as their documentation says: opened as it is.
import assert from "node:assert/strict";
import { createHost, type Host } from "../lib/index.ts";
import { openMiniProgram, type Page } from "../lib/miniprogram/index.ts";
import { assertBetween, picture, readQrCode, root, share } from "./support.ts";

describe("a project with packages from npm", () => {
  let host: Host;
  beforeEach(() => {
    host = createHost({ pixelRatio: 2 });
  });
  afterEach(() => host.dispose());

  async function open(path: string): Promise<Page> {
    const project = await openMiniProgram(host, { root: `${root}project` });
    return project.openPage(path);
  }

  async function exported(page: Page) {
    const [first] = await page.export();
    assert.ok(first, page.warnings.join("\n"));
    return picture(host, first.tempFilePath);
  }

  it("wxa-plugin-canvas makes its poster, component in component", async () => {
    const poster = await exported(await open("pages/poster"));
    assert.deepEqual([poster.width, poster.height], [600, 800]);
    assertBetween(share(poster, [0x26, 0x32, 0x38], [0, 520, 600, 260]), 0.99, 1, "block");
  });

  it("wxml-to-canvas lays out its card", async () => {
    const card = await exported(await open("pages/card"));
    assert.deepEqual([card.width, card.height], [600, 400]);
    assertBetween(share(card, [0xff, 0x70, 0x43]), 0.9, 1, "card");
  });

  it("echarts fills the box that its page gives it", async () => {
    const chart = await exported(await open("pages/chart"));
    assert.deepEqual([chart.width, chart.height], [750, 1206]);
    assertBetween(share(chart, [0x50, 0x70, 0xdd]), 0.1, 0.5, "bars");
  });

  it("we-cropper crops what a finger has moved", async () => {
    const page = await open("pages/cropper");
    await page.waitFor("idle");
    page.trigger(".cropper", "touchstart", { touches: [{ x: 100, y: 100 }] });
    page.trigger(".cropper", "touchmove", { touches: [{ x: 120, y: 120 }] });
    page.trigger(".cropper", "touchend", { changedTouches: [{ x: 120, y: 120 }] });
    await page.waitFor("idle");
    page.trigger("#get", "tap");
    const crop = await exported(page);
    assert.deepEqual([crop.width, crop.height], [400, 400]);
    assertBetween(share(crop, [0x14, 0x18, 0x28], [0, 300, 400, 100]), 0.2, 1, "dark hills");
  });

  it("weapp-qrcode draws a code that reads as its text", async () => {
    assert.equal(readQrCode(await exported(await open("pages/code"))), "https://example.com/");
  });
});
