Page({
  data: {
    option: {
      backgroundColor: "#fff",
      animationDuration: 200,
      xAxis: { type: "category", data: ["a", "b"] },
      yAxis: {},
      series: [{ type: "bar", data: [5, 9] }],
    },
  },
  onFinished() {
    if (!this.saved) {
      this.saved = true;
      this.selectComponent("#chart").save();
    }
  },
});
