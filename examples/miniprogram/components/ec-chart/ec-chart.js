// 柱状图：用 requestAnimationFrame 长高，画完后触发 finished
Component({
  properties: { values: { type: Array, value: [] } },
  lifetimes: {
    ready() {
      this.createSelectorQuery()
        .select("#canvas")
        .fields({ node: true, size: true })
        .exec(([{ node, width, height }]) => this.start(node, width, height));
    },
  },
  methods: {
    start(node, width, height) {
      const { pixelRatio } = wx.getWindowInfo();
      node.width = width * pixelRatio;
      node.height = height * pixelRatio;
      const context = node.getContext("2d");
      context.scale(pixelRatio, pixelRatio);
      this.node = node;
      let grown = 0;
      const frame = () => {
        grown = Math.min(1, grown + 0.1);
        this.draw(context, width, height, grown);
        if (grown < 1) node.requestAnimationFrame(frame);
        else this.triggerEvent("finished");
      };
      node.requestAnimationFrame(frame);
    },
    draw(context, width, height, grown) {
      const { values } = this.data;
      const step = width / values.length;
      context.fillStyle = "#ffffff";
      context.fillRect(0, 0, width, height);
      context.fillStyle = "#5470c6";
      for (const [i, value] of values.entries()) {
        const bar = (value / 100) * height * grown;
        context.fillRect(i * step + step * 0.2, height - bar, step * 0.6, bar);
      }
    },
    save() {
      return wx.canvasToTempFilePath({ canvas: this.node });
    },
  },
});
