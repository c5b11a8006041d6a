Page({
  data: { values: [52, 74, 61, 88, 43] },
  onFinished() {
    this.selectComponent("#chart").save();
  },
});
