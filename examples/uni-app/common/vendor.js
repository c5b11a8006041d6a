"use strict";
// What a page of Vue becomes: a component of WeChat whose data are the bindings of its template, by
// letters, and whose methods are the page's own.
function createComponent(options) {
  return Component({
    options: { multipleSlots: true, addGlobalClass: true },
    data: {},
    lifetimes: {
      attached() {
        this.$vm = Object.assign(
          Object.create(options.methods || {}),
          options.data ? options.data() : {},
        );
        this.$vm.$scope = this;
        this.$vm.__wxExparserNodeId__ = this.__wxExparserNodeId__;
        this.$vm.$update = () => this.setData(options.render(this.$vm));
        this.$vm.$update();
      },
    },
    methods: {
      onLoad(query) {
        if (options.onLoad) options.onLoad.call(this.$vm, query);
      },
      onReady() {
        if (options.onReady) options.onReady.call(this.$vm);
      },
      e0(event) {
        options.methods[event.currentTarget.dataset.eventOpts].call(this.$vm, event);
      },
    },
  });
}
const createApp = (options) => App(options);
wx.createApp = global.createApp = createApp;
wx.createPage = createComponent;
wx.createComponent = createComponent;
exports.index = Object.assign(Object.create(wx), {
  upx2px: (length) => (length * wx.getWindowInfo().windowWidth) / 750,
});
