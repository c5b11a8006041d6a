// wxml-to-canvas: a card from WXML and styles, through the 2D node and through the legacy context.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { assertBetween, piece, share, withFrame } from "./support.ts";

const wxml = `
<view class="container">
  <image class="cover" src="wxfile://usr/cover.jpg"></image>
  <text class="title">山海之间：秋日徒步</text>
  <view class="row">
    <view class="box red"></view>
    <view class="box green"></view>
    <text class="price">￥128 起</text>
  </view>
</view>`;

const style = {
  container: { width: 300, height: 360, backgroundColor: "#fff7e6", flexDirection: "column" },
  cover: { width: 300, height: 200 },
  title: {
    width: 280,
    height: 40,
    marginLeft: 10,
    marginTop: 10,
    fontSize: 22,
    color: "#333333",
    verticalAlign: "middle",
  },
  row: { width: 300, height: 80, flexDirection: "row", alignItems: "center" },
  box: { width: 60, height: 60, marginLeft: 10, borderRadius: 12 },
  red: { backgroundColor: "#e53935" },
  green: { backgroundColor: "#43a047" },
  price: {
    width: 120,
    height: 40,
    marginLeft: 20,
    fontSize: 24,
    color: "#e53935",
    verticalAlign: "middle",
  },
};

describe("wxml-to-canvas", () => {
  for (const [name, SDKVersion] of [
    ["wxml-to-canvas", "3.8.0"],
    ["wxml-to-canvas-legacy", "2.0.0"],
  ] as const) {
    it(`lays out a card with base library ${SDKVersion}`, () =>
      withFrame(
        async (frame, host) => {
          // The library takes no pictures of the package.
          const fs = host.wx.getFileSystemManager();
          fs.copyFileSync("/images/cover.jpg", `${host.wx.env.USER_DATA_PATH}/cover.jpg`);
          const page = frame.openPage({});
          frame.mountComponent("node_modules/wxml-to-canvas/miniprogram_dist/index.js", {
            className: "widget",
            owner: page.instance,
            properties: { width: 300, height: 360 },
            canvases: ({ use2dCanvas, width, height }) => {
              const size = { width: width as number, height: height as number };
              return [
                use2dCanvas
                  ? { id: "weui-canvas", type: "2d", ...size }
                  : { canvasId: "weui-canvas", ...size },
              ];
            },
          });
          await setTimeout(50);
          // biome-ignore lint/suspicious/noExplicitAny: what the component has
          const widget = page.instance.selectComponent(".widget") as any;
          await widget.renderToCanvas({ wxml, style });
          const { tempFilePath } = await widget.canvasToTempFilePath();
          const picture = await piece(host, name, tempFilePath);
          assert.deepEqual([picture.width, picture.height], [600, 720]);
          assertBetween(share(picture, [0xe5, 0x39, 0x35], [20, 500, 120, 200]), 0.5, 0.7, "red");
          assertBetween(
            share(picture, [0x43, 0xa0, 0x47], [160, 500, 120, 200]),
            0.5,
            0.7,
            "green",
          );
          assertBetween(share(picture, [0x33, 0x33, 0x33], [20, 420, 560, 80]), 0.01, 0.3, "title");
          assertBetween(
            share(picture, [0xe5, 0x39, 0x35], [320, 540, 240, 120]),
            0.02,
            0.3,
            "price",
          );
          assertBetween(share(picture, [0xff, 0xf7, 0xe6], [0, 0, 600, 400]), 0, 0.02, "cover");
        },
        { device: { SDKVersion } },
      ));
  }
});
