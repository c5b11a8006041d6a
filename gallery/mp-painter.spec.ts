// mp-painter: a declarative poster for uni-app, whose `uni` is `wx` and a conversion of rpx.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createFrame } from "../lib/miniprogram/index.ts";
import { assertBetween, piece, root, share, withFrame } from "./support.ts";

const card = (origin: string) => ({
  type: "container",
  width: 600,
  height: 640,
  direction: "vertical",
  children: [
    { type: "rect", width: 600, height: 640, background: "#fce4ec", position: "absolute" },
    { type: "image", src: `${origin}/cover.jpg`, width: 600, height: 400 },
    {
      type: "text-block",
      top: 20,
      left: 30,
      width: 540,
      fontSize: 44,
      color: "#880e4f",
      lineClamp: 2,
      content:
        "山海之间：从海边的小镇出发，沿着山脊走到灯塔，在日落以前到达营地。不赶路，只看风景。",
    },
    { type: "rect", top: 40, left: 30, width: 240, height: 60, background: "#d81b60" },
  ],
});

describe("mp-painter", () => {
  // The library downloads every picture.
  const server = createServer((_, response) => {
    createReadStream(`${root}images/cover.jpg`).pipe(response);
  });
  before((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("draws what is declared", () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return withFrame(
      async (_, host) => {
        const uni = { ...host.wx, upx2px: (length: number) => length / 2 };
        const frame = createFrame(host, { root, globals: { uni } });
        const { default: Painter } = frame.run("mp-painter").exports;
        host.mountCanvas({ canvasId: "canvas", width: 300, height: 320 });
        await new Painter(host.wx.createCanvasContext("canvas")).draw(card(origin));
        const { tempFilePath } = await host.wx.canvasToTempFilePath({ canvasId: "canvas" });
        const picture = await piece(host, "mp-painter", tempFilePath);
        assert.deepEqual([picture.width, picture.height], [600, 640]);
        const paper: [number, number, number] = [0xfc, 0xe4, 0xec];
        assertBetween(share(picture, paper, [0, 410, 600, 230]), 0.5, 0.95, "paper");
        assertBetween(share(picture, [0x88, 0x0e, 0x4f], [0, 410, 600, 130]), 0.03, 0.4, "text");
        assertBetween(share(picture, [0xd8, 0x1b, 0x60], [0, 510, 600, 130]), 0.15, 0.25, "bar");
        assertBetween(share(picture, paper, [0, 0, 600, 390]), 0, 0.02, "no cover");
      },
      { images: { remote: true, privateOrigins: [origin] } },
    );
  });
});
