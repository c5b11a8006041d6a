// The module's own functions and wx: those of one host with default settings.
import { createCurrentWx } from "./current-wx.ts";
import { createHost, type Host } from "./host.ts";
import { lazily } from "./late.ts";
import { createLateWx } from "./late-wx.ts";
import type { Wx } from "./wx.ts";

const host = /* @__PURE__ */ lazily(createHost);

// What is loaded after a reset of jest's modules belongs to another copy of this library.
if (process.env.JEST_WORKER_ID !== undefined) host();

function ofHost<Name extends Exclude<keyof Host, "wx">>(name: Name): Host[Name] {
  const call = (...args: unknown[]) => (host()[name] as (...args: unknown[]) => unknown)(...args);
  return Object.defineProperty(call, "name", { value: name }) as unknown as Host[Name];
}

/** {@link Host.createCanvas} of the default host. */
export const createCanvas: Host["createCanvas"] = /* @__PURE__ */ ofHost("createCanvas");
/** {@link Host.registerCanvas} of the default host. */
export const registerCanvas: Host["registerCanvas"] = /* @__PURE__ */ ofHost("registerCanvas");
/** {@link Host.mountCanvas} of the default host. */
export const mountCanvas: Host["mountCanvas"] = /* @__PURE__ */ ofHost("mountCanvas");
/** {@link Host.releaseCanvas} of the default host. */
export const releaseCanvas: Host["releaseCanvas"] = /* @__PURE__ */ ofHost("releaseCanvas");
/**
 * {@link Host.canvasToTempFilePath} of the default host.
 *
 * @example
 * const { tempFilePath } = await canvasToTempFilePath({ canvasId: "poster", fileType: "jpg" });
 */
export const canvasToTempFilePath: Host["canvasToTempFilePath"] =
  /* @__PURE__ */ ofHost("canvasToTempFilePath");
/** {@link Host.canvasToBuffer} of the default host. */
export const canvasToBuffer: Host["canvasToBuffer"] = /* @__PURE__ */ ofHost("canvasToBuffer");
/** {@link Host.canvasToFile} of the default host. */
export const canvasToFile: Host["canvasToFile"] = /* @__PURE__ */ ofHost("canvasToFile");
/** {@link Host.releaseFile} of the default host. */
export const releaseFile: Host["releaseFile"] = /* @__PURE__ */ ofHost("releaseFile");
/** {@link Host.resolvePath} of the default host. */
export const resolvePath: Host["resolvePath"] = /* @__PURE__ */ ofHost("resolvePath");
/** {@link Host.loadFont} of the default host; fonts are shared by all hosts. */
export const loadFont: Host["loadFont"] = /* @__PURE__ */ ofHost("loadFont");
/** {@link Host.wx} of the default host. */
export const wx: Wx = /* @__PURE__ */ createLateWx(() => host().wx);

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
