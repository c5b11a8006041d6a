// 裁剪：旧版 canvas 上画图片，导出其中一块
Page({
  data: {
    height: 10,
    ratios: [
      { name: "1:1", ratio: 1 },
      { name: "4:3", ratio: 4 / 3 },
    ],
  },
  async onLoad({ src = "/images/cover.jpg" }) {
    const { width, height } = await wx.getImageInfo({ src });
    const side = wx.getSystemInfoSync().windowWidth - 30;
    this.width = side;
    this.setData({ height: Math.round((side * height) / width) });
    this.context = wx.createCanvasContext("cropper", this);
    this.context.drawImage(src, 0, 0, side, this.data.height);
    this.context.draw();
  },
  drag() {},
  crop({ currentTarget: { dataset } }) {
    const height = Math.min(this.data.height, this.width / dataset.ratio);
    const width = height * dataset.ratio;
    wx.canvasToTempFilePath(
      {
        canvasId: "cropper",
        x: (this.width - width) / 2,
        y: 0,
        width,
        height,
        destWidth: 400,
        destHeight: 400 / dataset.ratio,
        fileType: "jpg",
        quality: 0.9,
        success: ({ tempFilePath }) => wx.saveImageToPhotosAlbum({ filePath: tempFilePath }),
      },
      this,
    );
  },
});
