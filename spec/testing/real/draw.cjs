// What the tests of all runners draw: a canvas of a host, moved by SHIFT.
const { createHost } = require("wx-canvas-node");

exports.invitation = (host = createHost()) => {
  const canvas = host.createCanvas(`invitation ${Math.random()}`, 60, 40);
  const context = canvas.getContext("2d");
  context.fillStyle = "#c33";
  context.fillRect(10 + Number(process.env.SHIFT ?? 0), 10, 30, 20);
  return canvas;
};
