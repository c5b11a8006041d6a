// The jest environment, wx-canvas-node/jest: a global wx with a new host for each test file.
import { createRequire } from "node:module";
import { join } from "node:path";
import { CanvasError, invalid } from "../errors.ts";
import { createAdaptedHost, type Host } from "../host.ts";
import type { HostOptions } from "../settings/options.ts";
import { defineComponents, withComponentCanvases } from "./component-canvases.ts";

/** `testEnvironmentOptions` of jest; options of the base environment may be given too. */
export interface JestEnvironmentOptions {
  /** The environment to extend. Default `"node"`; `"jsdom"` needs jest-environment-jsdom. */
  base?: "node" | "jsdom" | undefined;
  /** The settings of the host. Default: `root` is jest's `rootDir`. */
  host?: HostOptions | undefined;
}

/** The used part of jest's environments. */
interface Environment {
  global: object;
  setup(): Promise<void>;
  teardown(): Promise<void>;
}

interface Configuration {
  projectConfig: { rootDir: string; testEnvironmentOptions: object };
}

type EnvironmentClass = new (config: Configuration, context: unknown) => Environment;

/**
 * Creates the environment: the base environment whose global object also has `wx`, and `wxHost`,
 * the host of that `wx`.
 *
 * @example
 * // jest.config.js
 * module.exports = { testEnvironment: "wx-canvas-node/jest" };
 */
export default function WxCanvasEnvironment(config: Configuration, context: unknown): Environment {
  const { rootDir, testEnvironmentOptions } = config.projectConfig;
  const { base = "node", host: settings } = testEnvironmentOptions as JestEnvironmentOptions;
  if (base !== "node" && base !== "jsdom") {
    throw invalid("testEnvironmentOptions.base", '"node" or "jsdom"', base);
  }
  const Base = baseEnvironment(`jest-environment-${base}`, rootDir);
  // It must be an object of the base class: jest uses more members than its documentation lists.
  return withHost(new Base(config, context), { root: rootDir, ...settings });
}

function withHost(environment: Environment, settings: HostOptions): Environment {
  const { setup, teardown } = environment;
  let host: Host | undefined;
  return Object.assign(environment, {
    async setup() {
      await setup.call(environment);
      host = createAdaptedHost(settings, withComponentCanvases);
      Object.assign(environment.global, { wx: host.wx, wxHost: host });
      defineComponents(environment.global, host.wx);
    },
    async teardown() {
      await host?.dispose();
      await teardown.call(environment);
    },
  });
}

/**
 * Chains of packages that lead to the environment: the project's own dependency, or one of jest's.
 */
const WAYS = [
  [],
  ["jest"],
  ["jest", "jest-cli"],
  ["jest", "jest-cli", "jest-config"],
  ["jest", "@jest/core", "jest-config"],
];

/**
 * The class of an environment package. It is resolved from the project under test, because it must
 * match the project's version of jest.
 */
function baseEnvironment(name: string, rootDir: string): EnvironmentClass {
  for (const way of WAYS) {
    try {
      const last = way.reduce(
        (from, next) => createRequire(from).resolve(next),
        join(rootDir, "package.json"),
      );
      const { TestEnvironment, default: Default } = createRequire(last)(name);
      return TestEnvironment ?? Default;
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).code?.endsWith("MODULE_NOT_FOUND")) throw error;
    }
  }
  const hint = `npm install --save-dev ${name}`;
  throw new CanvasError("SOURCE", `the test environment needs the package ${name}`, { hint });
}
