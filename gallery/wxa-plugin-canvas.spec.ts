// wxa-plugin-canvas: a poster from a configuration, by a component in a component, sized in rpx.
import assert from "node:assert/strict";
import { assertBetween, piece, share, withFrame } from "./support.ts";

const config = {
  width: 600,
  height: 800,
  backgroundColor: "#ffffff",
  debug: false,
  pixelRatio: 1,
  blocks: [
    { x: 0, y: 500, width: 600, height: 300, backgroundColor: "#263238", zIndex: 1 },
    {
      x: 40,
      y: 640,
      width: 200,
      height: 100,
      backgroundColor: "#ff7043",
      borderRadius: 40,
      zIndex: 2,
    },
  ],
  texts: [
    {
      x: 40,
      y: 560,
      baseLine: "middle",
      text: "山海之间：三天两夜的秋日徒步路线推荐",
      fontSize: 38,
      color: "#ffffff",
      width: 520,
      lineNum: 1,
      zIndex: 3,
    },
    {
      x: 60,
      y: 690,
      baseLine: "middle",
      text: "立即报名",
      fontSize: 36,
      color: "#ffffff",
      zIndex: 3,
    },
  ],
  images: [
    { x: 0, y: 0, width: 600, height: 500, url: "/images/cover.jpg", zIndex: 1 },
    {
      x: 440,
      y: 620,
      width: 120,
      height: 120,
      borderRadius: 120,
      url: "/images/avatar.png",
      zIndex: 4,
    },
  ],
  lines: [{ startX: 40, startY: 610, endX: 560, endY: 610, width: 2, color: "#90a4ae", zIndex: 3 }],
};

describe("wxa-plugin-canvas", () => {
  it("makes the poster", () =>
    withFrame(async (frame, host) => {
      const folder = "node_modules/wxa-plugin-canvas/miniprogram_dist";
      const poster = frame.mountComponent(`${folder}/poster/index`, { properties: { config } });
      frame.mountComponent(`${folder}/index/index`, {
        id: "poster",
        owner: poster.instance,
        canvases: ({ pxWidth, pxHeight }) => {
          const size = { width: (pxWidth as number) || 1, height: (pxHeight as number) || 1 };
          return [{ canvasId: "canvasid", ...size }];
        },
        on: {
          success: (event) => poster.instance.onCreateSuccess(event),
          fail: (event) => poster.instance.onCreateFail(event),
        },
      });
      await poster.instance.onCreate();
      const picture = await piece(host, "wxa-plugin-canvas", await poster.waitFor("success"));
      assert.deepEqual([picture.width, picture.height], [600, 800]);
      assertBetween(share(picture, [0x26, 0x32, 0x38], [0, 500, 600, 300]), 0.5, 0.85, "block");
      assertBetween(share(picture, [0xff, 0x70, 0x43], [40, 640, 200, 100]), 0.6, 0.95, "button");
      assertBetween(share(picture, [255, 255, 255], [40, 535, 520, 50]), 0.05, 0.5, "text");
      assertBetween(share(picture, [255, 255, 255], [0, 0, 600, 500]), 0, 0.02, "no cover");
    }));
});
