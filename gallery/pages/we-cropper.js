// A cropper page as the library's documentation has it.
import WeCropper from "we-cropper";

const device = wx.getSystemInfoSync();
const width = device.windowWidth;
const height = device.windowHeight - 50;

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
      cut: { x: (width - 300) / 2, y: (height - 300) / 2, width: 300, height: 300 },
      boundStyle: { color: "#04b00f", mask: "rgba(0,0,0,0.8)", lineWidth: 1 },
    },
  },
  onLoad({ src }) {
    this.ready = new Promise((resolve) => {
      this.cropper = new WeCropper(this.data.cropperOpt)
        .on("ready", (ctx) => ctx.pushOrign(src))
        .on("imageLoad", () => resolve());
    });
  },
  touch() {
    const at = (x, y) => ({ touches: [{ x, y }], changedTouches: [{ x, y }] });
    this.cropper.touchStart(at(180, 300));
    this.cropper.touchMove(at(150, 300));
    this.cropper.touchEnd(at(150, 300));
  },
  crop() {
    return new Promise((resolve, reject) => {
      this.cropper.getCropperImage({ quality: 1 }, (path, error) =>
        error ? reject(error) : resolve(path),
      );
    });
  },
});
