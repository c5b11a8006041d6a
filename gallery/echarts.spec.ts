// echarts: bars, a line and a pie on a 2D node, through an adapter in the style of ec-canvas.
import assert from "node:assert/strict";
import { assertBetween, piece, share, withFrame } from "./support.ts";

const option = {
  animationDuration: 200,
  color: ["#ee6666", "#5470c6", "#91cc75", "#fac858"],
  backgroundColor: "#ffffff",
  title: { text: "每周步数", left: "center" },
  grid: { left: 50, right: 20, top: 50, bottom: 190 },
  xAxis: { type: "category", data: ["周一", "周二", "周三", "周四", "周五"] },
  yAxis: { type: "value" },
  series: [
    { type: "bar", data: [5200, 7400, 6100, 8800, 4300], barWidth: 26 },
    { type: "line", data: [6000, 6400, 6600, 7000, 7200], smooth: true },
    {
      type: "pie",
      radius: 60,
      center: ["50%", 400],
      data: [
        { name: "步行", value: 50 },
        { name: "跑步", value: 25 },
        { name: "骑行", value: 25 },
      ],
    },
  ],
};

describe("echarts", () => {
  it("draws bars, a line and a pie, and tells when it has", () =>
    withFrame(async (frame, host) => {
      const { instance, waitFor } = frame.mountComponent("components/ec-canvas/ec-canvas", {
        properties: { option },
        canvases: [{ className: "ec-canvas", type: "2d", width: 375, height: 500 }],
      });
      await waitFor("finished");
      const { tempFilePath } = await instance.save();
      instance.chart.dispose();
      const picture = await piece(host, "echarts", tempFilePath);
      assert.deepEqual([picture.width, picture.height], [750, 1000]);
      // The bars by their heights, at the middle of each.
      const heights = [0, 1, 2, 3, 4].map((i) => {
        const x = Math.round(100 + (610 / 5) * (i + 0.5));
        return share(picture, [0xee, 0x66, 0x66], [x - 10, 100, 4, 520]);
      });
      const order = heights.map((_, i) => i).sort((a, b) => (heights[b] ?? 0) - (heights[a] ?? 0));
      assert.deepEqual(order, [3, 1, 2, 0, 4], `${heights}`);
      const pie: [number, number, number, number] = [250, 670, 250, 260];
      assertBetween(share(picture, [0xee, 0x66, 0x66], pie), 0.1, 0.5, "half of the pie");
      assertBetween(share(picture, [0x54, 0x70, 0xc6], pie), 0.05, 0.3, "a quarter");
      assertBetween(share(picture, [0x91, 0xcc, 0x75], pie), 0.05, 0.3, "a quarter");
    }));
});
