// The vitest environment, wx-canvas-node/vitest: a global wx with a new host for each test file.
import { createHost } from "../host.ts";
import type { HostOptions } from "../settings/options.ts";

/** `environmentOptions` of vitest. */
export interface VitestEnvironmentOptions {
  wx?: {
    /** The settings of the host. */
    host?: HostOptions | undefined;
  };
}

/** The interface that vitest expects of an environment. */
export interface VitestEnvironment {
  name: string;
  viteEnvironment: "ssr";
  setup(global: object, options: VitestEnvironmentOptions): { teardown(): Promise<void> };
}

/**
 * Sets `wx`, and `wxHost`, the host of that `wx`, on the global object. vitest resolves a name only
 * as a package called `vitest-environment-…`, so configure this environment by its path.
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
