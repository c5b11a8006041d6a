// smooth-signature: a stroke signed with a pen whose width follows its speed, on a 2D node.
import assert from "node:assert/strict";
import { createFrame } from "../lib/miniprogram/index.ts";
import { assertBetween, piece, root, share, withFrame } from "./support.ts";

describe("smooth-signature", () => {
  it("signs", () =>
    withFrame(async (_, host) => {
      // The library is made for pages in browsers: this is what it asks of one.
      const listeners: Record<string, (event: object) => void> = {};
      const page = {
        addEventListener: (name: string, listener: (event: object) => void) => {
          listeners[name] = listener;
        },
        removeEventListener() {},
      };
      const navigator = { userAgent: "node", maxTouchPoints: 0 };
      const globals = { window: { devicePixelRatio: 2 }, document: page, navigator };
      const frame = createFrame(host, { root, globals });
      const { default: SmoothSignature } = frame.run("smooth-signature").exports;

      const { node } = host.mountCanvas({ id: "sign", type: "2d", width: 320, height: 200 });
      assert.ok(node);
      Object.assign(node, page, { style: {}, getBoundingClientRect: () => ({ left: 0, top: 0 }) });
      new SmoothSignature(node, { width: 320, height: 200, color: "#1a237e", bgColor: "#fffde7" });
      const at = (i: number) => ({
        preventDefault() {},
        clientX: 40 + i * 8,
        clientY: 100 + 50 * Math.sin(i / 4) * Math.exp(-i / 40),
      });
      listeners.mousedown?.(at(0));
      for (let i = 1; i < 30; i++) {
        listeners.mousemove?.(at(i));
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
      listeners.mouseup?.(at(30));

      const { tempFilePath } = await host.wx.canvasToTempFilePath({ canvas: node });
      const picture = await piece(host, "smooth-signature", tempFilePath);
      assert.deepEqual([picture.width, picture.height], [640, 400]);
      assertBetween(share(picture, [0xff, 0xfd, 0xe7]), 0.9, 0.99, "paper");
      for (const i of [4, 10, 20, 26]) {
        const { clientX, clientY } = at(i);
        const near: [number, number, number, number] = [
          Math.round(clientX * 2) - 6,
          Math.round(clientY * 2) - 6,
          12,
          12,
        ];
        assertBetween(share(picture, [0x1a, 0x23, 0x7e], near), 0.05, 1, `ink at point ${i}`);
      }
    }));
});
