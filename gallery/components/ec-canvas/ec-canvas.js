// An adapter in the style of ec-canvas: the 2D node, with what ECharts expects of a canvas in a
// page.
import * as echarts from "echarts";

Component({
  properties: { option: { type: Object, value: null } },
  lifetimes: {
    ready() {
      this.createSelectorQuery()
        .select(".ec-canvas")
        .fields({ node: true, size: true })
        .exec(([{ node, width, height }]) => this.start(node, width, height));
    },
  },
  methods: {
    start(node, width, height) {
      const { pixelRatio } = wx.getWindowInfo();
      this.node = node;
      node.addEventListener = () => {};
      node.removeEventListener = () => {};
      echarts.setPlatformAPI({
        createCanvas: () => wx.createOffscreenCanvas({ type: "2d", width: 32, height: 32 }),
        loadImage(src, onload, onerror) {
          const image = node.createImage();
          Object.assign(image, { onload, onerror, src });
          return image;
        },
      });
      this.chart = echarts.init(node, null, { width, height, devicePixelRatio: pixelRatio });
      this.chart.on("finished", () => this.triggerEvent("finished"));
      this.chart.setOption(this.data.option);
    },
    save() {
      return wx.canvasToTempFilePath({ canvas: this.node }, this);
    },
  },
});
