Component({
  properties: { colour: String, size: { type: Number, value: 100 } },
  ready() {
    const side = this.data.size / 2;
    const context = wx.createCanvasContext("badge", this);
    context.setFillStyle(this.data.colour);
    context.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI);
    context.fill();
    context.draw(false, () =>
      wx.canvasToTempFilePath(
        { canvasId: "badge", success: ({ tempFilePath }) => this.setData({ tempFilePath }) },
        this,
      ),
    );
  },
});
