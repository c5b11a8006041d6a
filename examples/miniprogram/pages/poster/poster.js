// 分享海报页：组件画好以后交出图片的路径
Page({
  data: { trip: null, path: "" },
  onLoad({ id }) {
    this.setData({ trip: getApp().globalData.trips[id] });
  },
  onDone({ detail }) {
    this.setData({ path: detail.path });
  },
  onFail({ detail }) {
    wx.showToast({ title: detail.errMsg, icon: "none" });
  },
  save() {
    wx.saveImageToPhotosAlbum({ filePath: this.data.path });
  },
});
