Page({
  onReady() {
    setTimeout(async () => {
      const widget = this.selectComponent(".widget");
      await widget.renderToCanvas({
        wxml: '<view class="c"><text class="t">hello</text></view>',
        style: {
          c: { width: 300, height: 200, backgroundColor: "#ff7043" },
          t: { width: 100, height: 30, color: "#fff" },
        },
      });
      const { tempFilePath } = await widget.canvasToTempFilePath();
      this.path = tempFilePath;
    }, 100);
  },
});
