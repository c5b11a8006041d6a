// What a host needs only when it is asked for: the build loads these rooms at the first call.
export { canIUse } from "./api/can-i-use.ts";
export { canvasToFile } from "./export/canvas-to-file.ts";
export { loadFont } from "./fonts/fonts.ts";
export { createWx } from "./wx.ts";
