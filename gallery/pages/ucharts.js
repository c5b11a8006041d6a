// Columns as the library's documentation has them, on a legacy canvas.
import uCharts from "@qiun/ucharts";

Page({
  draw() {
    return new Promise((resolve, reject) => {
      const chart = new uCharts({
        type: "column",
        context: wx.createCanvasContext("chart", this),
        width: 375,
        height: 250,
        categories: ["2019", "2020", "2021", "2022"],
        series: [
          { name: "目标值", data: [35, 36, 31, 33] },
          { name: "完成量", data: [18, 27, 21, 24] },
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
