// Compiled, never run: our function is assignable to WeChat's, and answers as its options say.
import { type CanvasToTempFilePathResult, canvasToTempFilePath } from "../../lib/index.ts";

export const asWeChats: WechatMiniprogram.Wx["canvasToTempFilePath"] = canvasToTempFilePath;

export const promise: Promise<CanvasToTempFilePathResult> = canvasToTempFilePath({ canvasId: "a" });
export const nothing: undefined = canvasToTempFilePath({
  canvasId: "a",
  success({ tempFilePath }) {
    tempFilePath.endsWith(".png");
  },
});
export const alsoNothing: undefined = canvasToTempFilePath({ canvasId: "a", complete() {} });

declare const maybe: ((result: CanvasToTempFilePathResult) => void) | undefined;
export const either: Promise<CanvasToTempFilePathResult> | undefined = canvasToTempFilePath({
  canvasId: "a",
  success: maybe,
});
// @ts-expect-error: with callbacks that may be undefined, the answer may be undefined too
export const never: Promise<CanvasToTempFilePathResult> = canvasToTempFilePath({ success: maybe });

canvasToTempFilePath({ canvasId: "a", fileType: "jpg", quality: 0.8 });
canvasToTempFilePath({ canvasId: "a", fileType: "webp" });
// @ts-expect-error: a region is made of numbers
canvasToTempFilePath({ canvasId: "a", x: "10" });
