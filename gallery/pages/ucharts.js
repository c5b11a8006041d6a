// Grouped columns on a legacy canvas.
import uCharts from "@qiun/ucharts";

Page({
  draw() {
    return new Promise((resolve, reject) => {
      const chart = new uCharts({
        type: "column",
        context: wx.createCanvasContext("chart", this),
        width: 375,
        height: 250,
        categories: ["春", "夏", "秋", "冬"],
        series: [
          { name: "晴天", data: [22, 18, 25, 30] },
          { name: "雨天", data: [8, 12, 6, 10] },
        ],
        animation: true,
        duration: 200,
        background: "#FFFFFF",
        color: ["#1890FF", "#EE6666"],
        padding: [15, 15, 0, 5],
        legend: {},
        xAxis: { disableGrid: true },
        yAxis: { data: [{ min: 0 }] },
        extra: { column: { type: "group", width: 30 } },
      });
      chart.addEventListener("renderComplete", () => {
        wx.canvasToTempFilePath({ canvasId: "chart", success: resolve, fail: reject }, this);
      });
    });
  },
});
