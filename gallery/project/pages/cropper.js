const WeCropper = require("we-cropper");
const device = wx.getSystemInfoSync();
const width = device.windowWidth;
const height = width;
Page({
  data: {
    cropperOpt: {
      id: "cropper",
      targetId: "targetCropper",
      pixelRatio: device.pixelRatio,
      width,
      height,
      scale: 2.5,
      zoom: 8,
      src: "/images/cover.jpg",
      cut: { x: (width - 200) / 2, y: (height - 200) / 2, width: 200, height: 200 },
    },
  },
  onLoad() {
    this.cropper = new WeCropper(this.data.cropperOpt)
      .on("ready", () => {
        this.ready = true;
      })
      .on("imageLoad", () => {
        this.loaded = true;
      });
  },
  touchStart(e) {
    this.cropper.touchStart(e);
  },
  touchMove(e) {
    this.cropper.touchMove(e);
  },
  touchEnd(e) {
    this.cropper.touchEnd(e);
  },
  getCropperImage() {
    this.cropper.getCropperImage((path, error) => {
      this.path = path;
      this.error = error;
    });
  },
});
