// 手写签名：二维节点，触摸的点连成线
Page({
  data: { points: 0 },
  onReady() {
    wx.createSelectorQuery()
      .select("#pad")
      .fields({ node: true, size: true })
      .exec(([{ node, width, height }]) => {
        const { pixelRatio } = wx.getWindowInfo();
        node.width = width * pixelRatio;
        node.height = height * pixelRatio;
        this.canvas = node;
        this.context = node.getContext("2d");
        this.context.scale(pixelRatio, pixelRatio);
        Object.assign(this.context, { lineWidth: 6, lineCap: "round", lineJoin: "round" });
      });
  },
  start({ touches: [{ x, y }] }) {
    this.last = { x, y };
  },
  move({ touches: [{ x, y }] }) {
    const { context, last } = this;
    context.beginPath();
    context.moveTo(last.x, last.y);
    context.lineTo(x, y);
    context.stroke();
    this.last = { x, y };
    this.setData({ points: this.data.points + 1 });
  },
  end() {
    this.last = null;
  },
  async done() {
    const { tempFilePath } = await wx.canvasToTempFilePath({ canvas: this.canvas });
    wx.previewImage({ urls: [tempFilePath] });
  },
});
