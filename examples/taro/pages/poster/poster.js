"use strict";
(wx["webpackJsonp"] = wx["webpackJsonp"] || []).push([
  ["pages/poster/poster"],
  {
    "pages/poster/poster": (module, exports, load) => {
      var taro = load("taro");
      Page(
        taro.createPageConfig({
          render: (options, page, handlers) => {
            handlers["_Bsave" + "tap"] = () => {
              wx.canvasToTempFilePath({ canvasId: "poster" }).then((result) => {
                wx.saveImageToPhotosAlbum({ filePath: result.tempFilePath });
              });
            };
            return {
              tag: "view",
              sid: "_A",
              props: { class: "page" },
              children: [
                {
                  tag: "canvas",
                  sid: "_Bcanvas",
                  props: { class: "poster", canvasId: "poster", id: "poster" },
                },
                { tag: "text", sid: "_Bsave", props: { id: "save" }, text: "save" },
              ],
            };
          },
          ready: () => {
            var context = wx.createCanvasContext("poster");
            context.setFillStyle("#6190e8");
            context.fillRect(0, 0, 300, 200);
            context.draw();
          },
        }),
      );
    },
  },
  (load) => {
    load("pages/poster/poster");
  },
]);
