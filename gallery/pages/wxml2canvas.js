// A share card from a list of elements, as the library's README has it.
import Wxml2Canvas from "wxml2canvas";

Page({
  draw() {
    return new Promise((resolve, reject) => {
      const card = new Wxml2Canvas({
        width: 340,
        height: 210,
        element: "canvas1",
        obj: this,
        background: "#f0f0f0",
        destZoom: 2,
        finish: resolve,
        error: reject,
      });
      card.draw(
        {
          list: [
            {
              type: "image",
              url: "/images/cover.jpg",
              x: 10,
              y: 10,
              style: { width: 150, height: 100 },
            },
            {
              type: "text",
              text: "山海之间",
              x: 180,
              y: 20,
              style: { width: 150, fontSize: 24, color: "#e91e63", fontWeight: "bold" },
            },
            {
              type: "rect",
              x: 10,
              y: 130,
              style: { width: 320, height: 60, fill: "#3f51b5" },
            },
          ],
        },
        this,
      );
    });
  },
});
