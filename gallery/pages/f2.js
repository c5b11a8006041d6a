// A donut on the context of a 2D node.
const F2 = require("@antv/f2");

Page({
  onReady() {
    this.done = new Promise((resolve) => {
      wx.createSelectorQuery()
        .select("#f2")
        .fields({ node: true, size: true })
        .exec(([{ node, width, height }]) => {
          const { pixelRatio } = wx.getSystemInfoSync();
          node.width = width * pixelRatio;
          node.height = height * pixelRatio;
          const chart = new F2.Chart({
            context: node.getContext("2d"),
            width,
            height,
            pixelRatio,
          });
          chart.source([
            { name: "步行", share: 0.4, all: "1" },
            { name: "骑行", share: 0.3, all: "1" },
            { name: "跑步", share: 0.2, all: "1" },
            { name: "游泳", share: 0.1, all: "1" },
          ]);
          chart.coord("polar", { transposed: true, radius: 0.85, innerRadius: 0.5 });
          chart.axis(false);
          chart.legend({ position: "right" });
          chart
            .interval()
            .position("all*share")
            .color("name", ["#1890ff", "#13c2c2", "#2fc25b", "#facc14"])
            .adjust("stack");
          chart.guide().text({ position: ["50%", "50%"], content: "运动" });
          chart.on("aftershow", () => {});
          chart.animate(false);
          chart.render();
          resolve(node);
        });
    });
  },
});
