// The example projects: each opens as it is, with nothing mounted by hand, and exports its picture.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createHost, type Host } from "../../lib/index.ts";
import { openMiniProgram, type Page, type Project } from "../../lib/miniprogram/index.ts";
import { assertPixel, decode, type Picture } from "../support/pictures.ts";

const require = createRequire(import.meta.url);
const folder = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

async function pictureOf(host: Host, page: Page, index = 0): Promise<Picture> {
  const pictures = await page.export();
  return decode(host.resolvePath(pictures[index]?.tempFilePath as string));
}

describe("examples/miniprogram", () => {
  let host: Host;
  let project: Project;
  beforeEach(async () => {
    host = createHost({ pixelRatio: 2 });
    project = await openMiniProgram(host, { root: folder("miniprogram") });
  });
  afterEach(() => host.dispose());

  it("exports a share poster, drawn by a component", async () => {
    const page = await project.openPage("pages/poster/poster?id=7");
    const picture = await pictureOf(host, page);
    assert.deepEqual([picture.width, picture.height], [750, 1200]);
    assertPixel(picture.at(20, 1180), [0xff, 0xfa, 0xf3, 255]);
    // The ring of the avatar, and the finder of the code.
    assertPixel(picture.at(48 + 56, 488), [255, 255, 255, 255], 8);
    assertPixel(picture.at(251 * 2 + 4, 452 * 2 + 4), [0x22, 0x22, 0x22, 255], 8);
    assert.deepEqual(page.warnings, []);
    page.trigger("#save", "tap");
    assert.equal((await page.export()).length, 1);
  });

  it("exports a signature, made by touches", async () => {
    const page = await project.openPage("pages/signature/signature");
    await page.waitFor("idle");
    page.trigger("#pad", "touchstart", { touches: [{ x: 10, y: 10 }] });
    for (let i = 1; i <= 10; i++) {
      page.trigger("#pad", "touchmove", { touches: [{ x: 10 + 20 * i, y: 10 + 10 * i }] });
    }
    page.trigger("#pad", "touchend", { changedTouches: [{ x: 210, y: 110 }] });
    assert.equal(page.data.points, 10);
    page.trigger("#done", "tap");
    const picture = await pictureOf(host, page);
    assert.deepEqual([picture.width, picture.height], [650, 300]);
    assertPixel(picture.at(220, 120), [0, 0, 0, 255]);
    assertPixel(picture.at(220, 200), [0, 0, 0, 0]);
  });

  it("exports a chart that grows by frames, as large as its component", async () => {
    const page = await project.openPage("pages/chart/chart");
    const picture = await pictureOf(host, page);
    assert.deepEqual([picture.width, picture.height], [750, 800]);
    const top = (i: number) => {
      let y = 0;
      while (picture.at(75 + 150 * i, y)[0] === 255) y++;
      return y;
    };
    assert.deepEqual(
      [0, 1, 2, 3, 4].map(top),
      [52, 74, 61, 88, 43].map((v) => 800 - v * 8),
    );
  });

  it("exports from a cropper, whose stage has the size of its picture", async () => {
    const page = await project.openPage("pages/cropper/cropper");
    await page.waitFor("idle");
    page.trigger('[data-ratio="1"]', "tap");
    const [picture, ...rest] = await page.export();
    assert.deepEqual([picture?.width, picture?.height, picture?.type], [400, 400, "image/jpeg"]);
    assert.deepEqual(rest, []);
  });

  it("exports two canvases with the same id in two components", async () => {
    const page = await project.openPage("pages/badges/badges");
    const pictures = await page.export();
    const [red, blue] = await Promise.all(pictures.map((one) => decode(one.tempFilePath)));
    assert.deepEqual([red?.width, blue?.width], [100, 200]);
    assertPixel(red?.at(50, 50) ?? [0, 0, 0, 0], [0xe5, 0x39, 0x35, 255]);
    assertPixel(blue?.at(100, 100) ?? [0, 0, 0, 0], [0x1e, 0x88, 0xe5, 255]);
  });

  it("exports a code on a card of a subpackage", async () => {
    const page = await project.openPage("packages/card/pages/card/card?text=hello%20card");
    const picture = await pictureOf(host, page);
    const { modules } = require("qrcode").create("hello card", { errorCorrectionLevel: "M" });
    const scale = picture.width / ((modules.size + 8) * 8);
    for (let y = 0; y < modules.size; y++) {
      for (let x = 0; x < modules.size; x++) {
        const [red] = picture.at(((x + 4) * 8 + 4) * scale, ((y + 4) * 8 + 4) * scale);
        assert.equal(red < 128, modules.get(y, x) === 1, `${x}, ${y}`);
      }
    }
  });
});

describe("the output of compilers", () => {
  for (const [name, colour] of [
    ["taro", [0x61, 0x90, 0xe8, 255]],
    ["uni-app", [0xff, 0, 0x11, 255]],
  ] as const) {
    it(`exports a page of ${name} that saves its canvas`, async () => {
      await using host = createHost({ pixelRatio: 2 });
      const project = await openMiniProgram(host, { root: folder(name) });
      const page = await project.openPage("pages/poster/poster?colour=ff0011");
      await page.waitFor("idle");
      page.trigger("#save", "tap");
      assertPixel((await pictureOf(host, page)).at(200, 200), [...colour]);
    });
  }
});
