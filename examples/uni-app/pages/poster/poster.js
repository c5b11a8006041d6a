"use strict";
const common_vendor = require("../../common/vendor.js");
const _sfc_main = {
  data() {
    return { width: 500, height: 300, path: "" };
  },
  onLoad({ colour = "07c160" }) {
    this.colour = "#" + colour;
  },
  onReady() {
    const { index: uni } = common_vendor;
    const [width, height] = [uni.upx2px(this.width), uni.upx2px(this.height)];
    const context = uni.createCanvasContext("poster", this);
    context.setFillStyle(this.colour);
    context.fillRect(0, 0, width, height);
    context.draw(false, () =>
      uni.canvasToTempFilePath(
        {
          canvasId: "poster",
          success: (result) => {
            this.path = result.tempFilePath;
            this.$update();
          },
        },
        this,
      ),
    );
  },
  methods: {
    save() {
      common_vendor.index.saveImageToPhotosAlbum({ filePath: this.path });
    },
  },
  render: ($data) => ({
    a: $data.width + "rpx",
    b: $data.height + "rpx",
    c: $data.path ? "save" : "",
  }),
};
wx.createPage(_sfc_main);
