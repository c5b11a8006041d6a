App({
  globalData: {
    trips: {
      7: {
        nickname: "小满",
        title: "山海之间：三天两夜的秋日徒步",
        intro:
          "从海边的小镇出发，沿着山脊走到灯塔，在日落以前到达营地。不赶路，只看风景；装备清单和集合地点扫码查看。",
        link: "https://example.com/trips/1128",
      },
    },
  },
});
