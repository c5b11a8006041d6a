// The vitest environment, wx-canvas-node/vitest: a global wx of a fresh host for each test file.
import { createHost } from "../host.ts";
import type { HostOptions } from "../settings/settings.ts";

/** `environmentOptions` of vitest. */
export interface VitestEnvironmentOptions {
  wx?: {
    /** The settings of the host. */
    host?: HostOptions | undefined;
  };
}

/** What vitest asks of an environment. */
export interface VitestEnvironment {
  name: string;
  viteEnvironment: "ssr";
  setup(global: object, options: VitestEnvironmentOptions): { teardown(): Promise<void> };
}

/**
 * Puts `wx`, and `wxHost`, the host that it belongs to, on the global object. vitest looks for the
 * names of environments in packages called `vitest-environment-…` only, and takes paths otherwise.
 *
 * @example
 * // vitest.config.js
 * const environment = fileURLToPath(import.meta.resolve("wx-canvas-node/vitest"));
 * export default { test: { environment } };
 */
const environment: VitestEnvironment = {
  name: "wx-canvas-node",
  viteEnvironment: "ssr",
  setup(global, { wx }) {
    const host = createHost(wx?.host);
    Object.assign(global, { wx: host.wx, wxHost: host });
    return {
      async teardown() {
        for (const name of ["wx", "wxHost"]) Reflect.deleteProperty(global, name);
        await host.dispose();
      },
    };
  },
};

export default environment;
