// A scene of shapes, text and a picture in the library's stage.
import cax from "cax";

Page({
  draw() {
    const stage = new cax.Stage(300, 200, "stage", this);
    const sky = new cax.Graphics();
    sky.beginPath().rect(0, 0, 300, 200).fillStyle("#e3f2fd").fill();
    const sun = new cax.Circle(40, { fillStyle: "#ffb300" });
    Object.assign(sun, { x: 230, y: 60 });
    const box = new cax.RoundedRect(90, 60, 12, { fillStyle: "#43a047" });
    Object.assign(box, { x: 60, y: 100, rotation: 15 });
    const text = new cax.Text("cax", {
      font: "36px sans-serif",
      fontSize: 36,
      color: "#1a237e",
      baseline: "top",
    });
    Object.assign(text, { x: 20, y: 20 });
    for (const part of [sky, sun, box, text]) stage.add(part);
    stage.update();
    return wx.canvasToTempFilePath({ canvasId: "stage-canvas" }, this.selectComponent("#stage"));
  },
});
