"use strict";
(wx["webpackJsonp"] = wx["webpackJsonp"] || []).push([
  ["taro"],
  {
    taro: (module, exports) => {
      // The page's tree is data: base.wxml draws it, and every event goes to `eh`.
      function hydrate(node) {
        return {
          nn: node.tag,
          sid: node.sid,
          uid: node.props.id,
          cl: node.props.class,
          st: node.props.style,
          canvasId: node.props.canvasId,
          p0: node.props.canvasId,
          type: node.props.type,
          v: node.text,
          cn: (node.children || []).map(hydrate),
        };
      }
      exports.createPageConfig = (component) => {
        var handlers = {};
        return {
          onLoad: function (options) {
            var root = component.render(options, this, handlers);
            this.setData({ root: { cn: [hydrate(root)] } });
          },
          onReady: function () {
            if (component.ready) component.ready(this);
          },
          eh: (event) => {
            var handler = handlers[event.currentTarget.dataset.sid + event.type];
            if (handler) handler(event);
          },
          data: { root: { cn: [] } },
        };
      };
    },
  },
]);
