require("./runtime");
require("./taro");
("use strict");
(wx["webpackJsonp"] = wx["webpackJsonp"] || []).push([
  ["app"],
  {
    app: () => {
      App({ taroGlobalData: {}, onLaunch: () => {} });
    },
  },
  (load) => {
    load("app");
  },
]);
