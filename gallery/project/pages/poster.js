Page({
  data: {
    config: {
      width: 600,
      height: 800,
      backgroundColor: "#ffffff",
      debug: false,
      pixelRatio: 1,
      blocks: [{ x: 0, y: 500, width: 600, height: 300, backgroundColor: "#263238", zIndex: 1 }],
      images: [{ x: 0, y: 0, width: 600, height: 500, url: "/images/cover.jpg", zIndex: 1 }],
    },
  },
  onReady() {
    this.selectComponent("#poster").onCreate();
  },
  onSuccess(e) {
    this.path = e.detail;
  },
  onFail(e) {
    wx.showToast({ title: JSON.stringify(e.detail) });
  },
});
