// The module's own functions and wx: those of one host with default settings.
import { createCurrentWx } from "./current-wx.ts";
import { createHost, type Host } from "./host.ts";
import { createLateWx } from "./late-wx.ts";
import type { Wx } from "./wx.ts";

/** It costs next to nothing until it is used: the first export makes its temp directory. */
const host: Host = /* @__PURE__ */ createHost();

/** {@link Host.createCanvas} of the default host. */
export const createCanvas: Host["createCanvas"] = host.createCanvas;
/** {@link Host.registerCanvas} of the default host. */
export const registerCanvas: Host["registerCanvas"] = host.registerCanvas;
/** {@link Host.mountCanvas} of the default host. */
export const mountCanvas: Host["mountCanvas"] = host.mountCanvas;
/** {@link Host.releaseCanvas} of the default host. */
export const releaseCanvas: Host["releaseCanvas"] = host.releaseCanvas;
/**
 * {@link Host.canvasToTempFilePath} of the default host.
 *
 * @example
 * const { tempFilePath } = await canvasToTempFilePath({ canvasId: "poster", fileType: "jpg" });
 */
export const canvasToTempFilePath: Host["canvasToTempFilePath"] = host.canvasToTempFilePath;
/** {@link Host.canvasToBuffer} of the default host. */
export const canvasToBuffer: Host["canvasToBuffer"] = host.canvasToBuffer;
/** {@link Host.canvasToFile} of the default host. */
export const canvasToFile: Host["canvasToFile"] = host.canvasToFile;
/** {@link Host.releaseFile} of the default host. */
export const releaseFile: Host["releaseFile"] = host.releaseFile;
/** {@link Host.resolvePath} of the default host. */
export const resolvePath: Host["resolvePath"] = host.resolvePath;
/** {@link Host.loadFont} of the default host; fonts are shared by all hosts. */
export const loadFont: Host["loadFont"] = host.loadFont;
/** {@link Host.wx} of the default host. */
export const wx: Wx = /* @__PURE__ */ createLateWx(() => host.wx);

let installed: Wx | undefined;

/**
 * Puts a `wx` on the global object. Within `host.run` it is the wx of that host, elsewhere that of
 * the default host. Calling it again changes nothing.
 *
 * @returns that `wx`
 * @example
 * installWx();
 * const poster = require("./miniprogram/poster.js"); // uses the global wx
 * app.get("/poster", async (request, response) => {
 *   const host = createHost({ root: "./miniprogram" });
 *   host.mountCanvas({ canvasId: "poster", width: 375, height: 667 });
 *   const file = await host.run(() => poster.draw(request.query));
 *   // … send host.resolvePath(file), then dispose the host …
 * });
 */
export function installWx(): Wx {
  installed ??= createCurrentWx(wx);
  Object.defineProperty(globalThis, "wx", {
    value: installed,
    writable: true,
    configurable: true,
  });
  return installed;
}
