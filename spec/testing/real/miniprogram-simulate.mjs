// A public component with miniprogram-simulate in jest: reads TDesign's QR code from a real canvas.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TEST = `/**
 * @jest-environment wx-canvas-node/jest
 * @jest-environment-options {"base": "jsdom", "host": {"pixelRatio": 2}}
 */
global.getApp = () => ({});
const { join } = require("node:path");
const jsQR = require("jsqr");
const simulate = require("miniprogram-simulate");

const installed = process.env.INSTALLED;
const component = join(installed, "node_modules/tdesign-miniprogram/miniprogram_dist/qrcode/components/qrcode-canvas/qrcode-canvas");

test("a component of miniprogram-simulate draws a QR code that can be read", async () => {
  const id = simulate.load(component, "qr", { compiler: "simulate", rootPath: installed });
  const rendered = simulate.render(id, { value: "https://example.com/invite", size: 200 });
  rendered.attach(document.createElement("div"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const canvas = await rendered.instance.getCanvasNode();
  const { tempFilePath } = await wx.canvasToTempFilePath({ canvas, destWidth: 400, destHeight: 400 });
  const reader = wx.createOffscreenCanvas({ width: 400, height: 400 });
  const image = reader.createImage();
  await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject, src: tempFilePath }));
  const context = reader.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 400, 400);
  context.drawImage(image, 20, 20, 360, 360);
  const { data } = context.getImageData(0, 0, 400, 400);
  expect(jsQR(new Uint8ClampedArray(data), 400, 400).data).toBe("https://example.com/invite");
});

test("canvases of a component are found by their size in its style, by the old functions, too", async () => {
  const id = simulate.load({
    template: '<view style="width: 120px; height: 60px"><canvas id="node" type="2d" style="width: 100%; height: 50%"></canvas></view>'
      + '<canvas canvas-id="old" style="width: 40px; height: 20px"></canvas>',
  });
  const rendered = simulate.render(id);
  rendered.attach(document.createElement("div"));
  const [{ node, width, height }] = await new Promise((resolve) => {
    wx.createSelectorQuery().in(rendered.instance).select("#node").fields({ node: true, size: true }).exec(resolve);
  });
  expect([width, height]).toEqual([120, 30]);
  expect(node.getContext("2d").measureText("wide text").width).not.toBe(100);
  const context = wx.createCanvasContext("old", rendered.instance);
  context.fillRect(0, 0, 10, 10);
  await new Promise((resolve) => context.draw(false, resolve));
  const { tempFilePath } = await wx.canvasToTempFilePath({ canvasId: "old" }, rendered.instance);
  expect((await wx.getImageInfo({ src: tempFilePath })).width).toBe(80);
});
`;

const CONFIG = (installed) => `module.exports = {
  roots: [__dirname],
  modulePaths: [${JSON.stringify(join(installed, "node_modules"))}],
  transform: { "\\\\.js$": require.resolve("./transform.js") },
  transformIgnorePatterns: ["/node_modules/(?!tdesign-miniprogram|tslib)"],
};`;

const TRANSFORM = `const { transform } = require("sucrase");
exports.process = (code) => ({ code: transform(code, { transforms: ["imports"] }).code });`;

export async function miniprogramSimulate({ run }, installed) {
  const folder = join(installed, "runs", "miniprogram-simulate");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  writeFileSync(join(folder, "qrcode.test.js"), TEST);
  writeFileSync(join(folder, "jest.config.js"), CONFIG(installed));
  writeFileSync(join(folder, "transform.js"), TRANSFORM);
  const jest = join(installed, "node_modules", ".bin", "jest");
  const { code, output } = await run(jest, [], folder, { INSTALLED: installed });
  assert.equal(code, 0, output);
}
