// The environments of jest and vitest, and components with canvases, by imitations of them; the
// real ones are in spec/testing/real.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createAdaptedHost, type Host } from "../../lib/host.ts";
import { defineComponents, withComponentCanvases } from "../../lib/testing/component-canvases.ts";
import {
  currentEnvironment,
  engineVersion,
  environmentChanges,
  machine,
} from "../../lib/testing/environment.ts";
import JestEnvironment from "../../lib/testing/jest.ts";
import vitestEnvironment from "../../lib/testing/vitest.ts";
import { VERSION } from "../../lib/version.ts";
import manifest from "../../package.json" with { type: "json" };
import { inPlayground } from "./support.ts";

const BASE = `
exports.TestEnvironment = class {
  global = {};
  calls = [];
  constructor(config, context) { this.config = config; this.context = context; }
  async setup() { this.calls.push("setup"); }
  async teardown() { this.calls.push("teardown"); }
};`;

/** Files of packages in a project. */
function install(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, "node_modules", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

interface Imitation {
  global: { wx?: Host["wx"]; wxHost?: Host; Component?: unknown };
  calls: string[];
  context: unknown;
  setup(): Promise<void>;
  teardown(): Promise<void>;
}

function jestIn(rootDir: string, testEnvironmentOptions: object): Imitation {
  const New = JestEnvironment as unknown as new (config: object, context: object) => Imitation;
  return new New({ projectConfig: { rootDir, testEnvironmentOptions } }, { of: "jest" });
}

describe("the environment of jest", () => {
  it("is the node or the jsdom one, with a wx that ends with it", () =>
    inPlayground(async ({ folder }) => {
      install(folder, {
        "jest-environment-node/index.js": BASE,
        "jest-environment-jsdom/index.js": BASE.replace(
          "exports.TestEnvironment",
          "exports.default",
        ),
      });
      for (const options of [{}, { base: "node" }, { base: "jsdom", host: { pixelRatio: 3 } }]) {
        const environment = jestIn(folder, options);
        assert.deepEqual(environment.context, { of: "jest" });
        await environment.setup();
        const { wx, wxHost } = environment.global;
        assert.equal(wxHost?.wx, wx);
        assert.equal(wx?.getSystemInfoSync().pixelRatio, options.host?.pixelRatio ?? 1);
        await environment.teardown();
        assert.throws(() => wxHost?.createCanvas("a", 1, 1), /disposed/);
        assert.deepEqual(environment.calls, ["setup", "teardown"]);
      }
      await jestIn(folder, {}).teardown();
      assert.throws(
        () => jestIn(folder, { base: "deno" }),
        /testEnvironmentOptions\.base: expected "node" or "jsdom", got "deno"/,
      );
    }));

  it("finds the environment of jest, names a missing one, and passes on other failures", () =>
    inPlayground(({ folder }) => {
      assert.throws(
        () => jestIn(folder, {}),
        /needs the package jest-environment-node \(npm install --save-dev jest-environment-node\)/,
      );
      const nested = "jest/node_modules/jest-cli/node_modules/jest-config";
      install(folder, {
        "jest/index.js": "",
        "jest/node_modules/jest-cli/index.js": "",
        [`${nested}/index.js`]: "",
        [`${nested}/node_modules/jest-environment-node/index.js`]: BASE,
      });
      assert.ok(jestIn(folder, {}));
      install(folder, { "jest-environment-node/index.js": 'throw new Error("of its own");' });
      assert.throws(() => jestIn(folder, {}), /of its own/);
    }));
});

describe("the environment of vitest", () => {
  it("puts a wx on the global object, and removes it at the end", async () => {
    const global: { wx?: Host["wx"]; wxHost?: Host } = {};
    const { teardown } = vitestEnvironment.setup(global, { wx: { host: { pixelRatio: 2 } } });
    const { wx, wxHost } = global;
    assert.equal(wxHost?.wx, wx);
    assert.equal(wx?.getSystemInfoSync().pixelRatio, 2);
    await teardown();
    assert.deepEqual(Object.keys(global), []);
    assert.throws(() => wxHost?.createCanvas("a", 1, 1), /disposed/);
    await vitestEnvironment.setup(global, {}).teardown();
  });
});

describe("components of miniprogram-simulate", () => {
  type Sizes = { width?: string; height?: string };
  function element(sizes: Sizes, parentElement: object | null = null) {
    const view = { getComputedStyle: (of: { sizes: Sizes }) => of.sizes };
    return { sizes, parentElement, ownerDocument: { defaultView: view } };
  }
  const canvas = (attributes: Record<string, string>, $$: unknown) => ({
    _vt: {
      tagName: "canvas",
      attrs: Object.entries(attributes).map(([name, value]) => ({ name, value })),
    },
    $$,
  });

  it("have canvases of the size in their style, by every query", async () => {
    const host = createAdaptedHost({}, withComponentCanvases);
    const box = element({ width: "200px", height: "80px" });
    const component = {
      _exparserNode: {
        shadowRoot: {
          childNodes: [
            {
              _vt: { tagName: "view" },
              childNodes: [
                canvas(
                  { id: "node", class: "c", type: "2d" },
                  element({ width: "50%", height: "40px" }, box),
                ),
              ],
            },
            canvas(
              { "canvas-id": "old" },
              element({ width: "auto", height: "50%" }, element({ height: "1rem" })),
            ),
            canvas({ "canvas-id": "bare" }, undefined),
            canvas(
              { "canvas-id": "lost" },
              { parentElement: null, ownerDocument: { defaultView: null } },
            ),
            canvas({ "canvas-id": "top" }, element({ width: "50%", height: "10px" })),
            { _vt: { tagName: "canvas" } },
            { _vt: {} },
            {},
          ],
        },
      },
    };
    try {
      const query = host.wx.createSelectorQuery().in(component).select("#node");
      const [found] = await new Promise<{ node?: object; width: number; height: number }[]>(
        (resolve) => {
          query.fields({ node: true, size: true }).exec(resolve as never);
        },
      );
      assert.deepEqual([found?.width, found?.height], [100, 40]);
      assert.ok(found?.node);
      const sizeOf = async (canvasId: string) => {
        const { width, height } = await host.canvasToBuffer({ canvasId }, component);
        return [width, height];
      };
      assert.deepEqual(await sizeOf("old"), [300, 150]);
      assert.deepEqual(await sizeOf("bare"), [300, 150]);
      assert.deepEqual(await sizeOf("lost"), [300, 150]);
      assert.deepEqual(await sizeOf("top"), [300, 10]);
      // Other components, and the page, have no canvas.
      for (const other of [undefined, {}, { _exparserNode: {} }]) {
        await assert.rejects(
          () => host.canvasToBuffer({ canvasId: "old" }, other),
          /canvas is empty/,
        );
      }
    } finally {
      await host.dispose();
    }
  });

  it("can query them by `this`, unless they have their own query", async () => {
    const host = createAdaptedHost({}, withComponentCanvases);
    const global: { Component?: unknown } = {};
    defineComponents(global, host.wx);
    assert.equal(global.Component, undefined);
    const defined: { methods: Record<string, unknown> }[] = [];
    global.Component = (options: { methods: Record<string, unknown> }) => defined.push(options);
    const Component = global.Component as (options: object) => unknown;
    Component({ methods: { draw() {} } });
    const own = () => "own";
    Component({ methods: { createSelectorQuery: own } });
    Component({});
    const query = defined[0]?.methods.createSelectorQuery as (this: object) => object;
    assert.ok(query.call({}));
    assert.ok(defined[0]?.methods.draw);
    assert.equal(defined[1]?.methods.createSelectorQuery, own);
    global.Component = "nothing";
    assert.equal(global.Component, "nothing");
    await host.dispose();
  });
});

describe("the environment that made a picture", () => {
  it("has the engine, the library, the machine and the fonts", () => {
    assert.equal(VERSION, manifest.version);
    const environment = currentEnvironment(false);
    assert.match(environment.engine ?? "", /^@napi-rs\/canvas \d+\.\d+\.\d+/);
    assert.equal(environment.library, `wx-canvas-node ${manifest.version}`);
    assert.ok(environment.machine?.startsWith(`${process.platform}-${process.arch}`));
    assert.match(environment["installed fonts"] ?? "", /^[0-9a-f]{12}$/);
    assert.equal(currentEnvironment(true)["installed fonts"], undefined);
  });

  it("is complete without fields that Node's report leaves out", async () => {
    await inPlayground(({ folder }) => {
      const engine = join(folder, "skia.linux-x64-gnu.node");
      const report = (...sharedObjects: string[]) => ({ header: {}, sharedObjects });
      // An engine that a bundler has copied has no package.json beside it.
      assert.equal(engineVersion(report(engine)), "of an unknown version");
      assert.equal(engineVersion(report()), "of an unknown version");
      writeFileSync(join(folder, "package.json"), '{"version":"1.2.3"}');
      assert.equal(engineVersion(report("/lib/libc.so.6", engine)), "1.2.3");
    });
    const system = `${process.platform}-${process.arch}`;
    const isLinux = process.platform === "linux";
    const report = (header: object) => ({ header, sharedObjects: [] });
    assert.equal(machine(report({ glibcVersionRuntime: "2.36" })), system);
    assert.equal(machine(report({})), isLinux ? `${system}-musl` : system);
  });

  it("lists its differences fact by fact", () => {
    assert.deepEqual(environmentChanges({ a: "1", b: "2" }, { a: "1", b: "3", c: "4" }), [
      "b: 2 → 3",
      "c: none → 4",
    ]);
    assert.deepEqual(environmentChanges({ a: "1" }, { a: "1" }), []);
  });
});
