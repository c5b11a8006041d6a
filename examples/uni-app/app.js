"use strict";
Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
require("./common/vendor.js");
wx.createApp({ onLaunch() {}, globalData: {} });
