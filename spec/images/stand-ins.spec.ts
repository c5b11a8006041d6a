// Pictures that cannot be loaded, decoded or found again, and their stand-ins.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCanvas } from "@napi-rs/canvas";
import { withStandIns } from "../../lib/images/stand-ins.ts";
import { reader, stop } from "../../lib/images/svg/helper.ts";
import { createHost } from "../../lib/index.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { withAssets } from "../support/assets.ts";
import { emptyPng, riff, svgOf, webpChunk } from "../support/hostile-pictures.ts";
import { failureOf, withHost } from "../support/hosts.ts";

/** A file with a valid structure and broken pixels. */
const broken = riff(webpChunk("VP8 ", Buffer.from([0, 0, 0, 0, 0, 0, 4, 0, 4, 0, 9, 9, 9, 9])));
const red = createCanvas(4, 4);
red.getContext("2d").fillStyle = "#f00";
red.getContext("2d").fillRect(0, 0, 4, 4);

async function drawn(source: unknown, standIn: unknown) {
  const asked: unknown[] = [];
  const onPicture = ({ src }: { src: unknown }) => {
    asked.push(src);
    return standIn;
  };
  return withHost({ onPicture, onError: () => {} }, async (host) => {
    host.mountCanvas({ canvasId: "a", width: 4, height: 4 });
    const context = host.wx.createCanvasContext("a");
    context.drawImage(source as string, 0, 0);
    const { errMsg } = await new Promise<{ errMsg: string }>((resolve) =>
      context.draw(false, resolve),
    );
    const { data } = await host.wx.canvasGetImageData({
      canvasId: "a",
      x: 1,
      y: 1,
      width: 1,
      height: 1,
    });
    return { errMsg, colour: [...data].join(), asked };
  });
}

describe("stand-ins", () => {
  const bytes = red.toBuffer("image/png");
  for (const [name, source] of [
    ["cannot be opened", "/none.png"],
    ["cannot be decoded", broken],
  ] as const) {
    it(`are drawn for a picture that ${name}`, async () => {
      const { errMsg, colour, asked } = await drawn(source, bytes);
      assert.deepEqual([errMsg, colour, asked.length], ["drawCanvas:ok", "255,0,0,255", 1]);
    });

    it(`leave out a picture that ${name} when they are no pictures`, async () => {
      const { errMsg, asked } = await drawn(source, undefined);
      assert.match(errMsg, /left out /);
      assert.deepEqual(asked, [source]);
    });

    it(`have no stand-in of their own, for a picture that ${name}`, async () => {
      const { errMsg, asked } = await drawn(source, "/neither.png");
      assert.match(errMsg, /left out /);
      assert.deepEqual(asked, [source, "/neither.png"]);
    });
  }

  it("do not change the pictures beside one that cannot be decoded", () => {
    const [bad, good] = [broken, emptyPng(3, 3, 78)];
    const asked: unknown[] = [];
    const onPicture = ({ src }: { src: unknown }) => {
      asked.push(src);
      return bytes;
    };
    return withAssets({}, async ({ pictures }) => {
      const ending = new AbortController().signal;
      const mending = withStandIns(pictures, { settings: parseSettings({ onPicture }), ending });
      const opened = await Promise.all([bad, good].map((source) => mending.open(source)));
      const widths = await mending.withDecoded(opened, (decoded) =>
        decoded.map((one) => ("width" in one ? one.width : one.code)),
      );
      assert.deepEqual([widths, asked], [[4, 3], [bad]]);
    });
  });

  it("are not waited for beyond the timeout or the end of the host", async () => {
    const images = { timeout: 100 };
    const host = createHost({ images, onPicture: () => new Promise(() => {}) });
    host.mountCanvas({ canvasId: "a", width: 5, height: 5 });
    const context = host.wx.createCanvasContext("a");
    const draw = () => {
      context.drawImage("/none.png", 0, 0);
      return new Promise<{ errMsg: string }>((done) => context.draw(false, done));
    };
    assert.match((await draw()).errMsg, /left out "\/none.png": there is no such file/);
    const failure = await failureOf(() => host.wx.getImageInfo({ src: "/none.png" }));
    assert.match(failure.errMsg, /"\/none.png": there is no such file/);
    const last = draw();
    await host.dispose();
    assert.match((await last).errMsg, /^drawCanvas:fail left out the host has been disposed$/);
  });

  it("are given to getImageInfo and host.loadImage, too", () =>
    withHost({ onPicture: () => bytes }, async (host) => {
      assert.equal((await host.wx.getImageInfo({ src: "/none.png" })).width, 4);
      assert.equal((await host.loadImage("/none.png")).width, 4);
    }));
});

describe("pictures that are used again", () => {
  it("are not read again when the file has not changed for a while", async () => {
    const base = await mkdtemp(join(tmpdir(), "spec-"));
    try {
      await writeFile(join(base, "a.png"), emptyPng(5, 5, 77));
      await sleep(2300);
      await withAssets({ root: base }, async ({ pictures }) => {
        assert.equal(await pictures.load("/a.png"), await pictures.load("/a.png"));
      });
    } finally {
      await rm(base, { recursive: true, force: true });
    }
  });

  it("may come from the helper in any pieces", () => {
    const head = Buffer.from(JSON.stringify({ width: 3, length: 2 }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    const all = Buffer.concat([length, head, Buffer.from("ab"), length, head, Buffer.from("cd")]);
    for (let size = 1; size <= all.length; size++) {
      const bodies: string[] = [];
      const receive = reader(({ body }) => bodies.push(String(body)));
      for (let at = 0; at < all.length; at += size) receive(all.subarray(at, at + size));
      assert.deepEqual(bodies, ["ab", "cd"]);
    }
  });

  it("are as large as declared in patterns; direct ones without a size fill nothing", async () => {
    await withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      const context = host.wx.createCanvasContext("a");
      const half = svgOf('<rect width="5" height="10" fill="#f00"/>', 'width="10" height="10"');
      context.setFillStyle(context.createPattern(half as never, "repeat") as never);
      context.fillRect(0, 0, 20, 20);
      await new Promise((resolve) => context.draw(false, resolve as () => void));
      for (const [x, alpha] of [
        [2, 255],
        [7, 0],
        [12, 255],
        [17, 0],
      ] as const) {
        const { data } = await host.wx.canvasGetImageData({
          canvasId: "a",
          x,
          y: 5,
          width: 1,
          height: 1,
        });
        assert.equal(data[3], alpha);
      }
    });
    await withAssets({ images: { svg: "direct" } }, async ({ pictures }) => {
      const failure = await failureOf(() => pictures.load(svgOf("", 'width="0" height="5"')));
      assert.match(failure.errMsg, /has no size$/);
    });
    stop();
    stop();
  });
});
