// What the build changes in the code: modules are loaded late, and files are read sooner.

/** A CommonJS file has a `require` of its own: the import of it from lib/require.ts goes. */
const ownRequire = {
  name: "own-require",
  transform: {
    filter: { id: /[\\/]lib[\\/].*\.ts$/ },
    handler: (code) => ({
      code: code.replace(
        /^import \{(.*)\} from "([./]+\/require\.ts)";$/m,
        (_, specifiers, path) => {
          const others = specifiers.split(",").filter((name) => name.trim() !== "require");
          return others.length > 0 ? `import {${others}} from "${path}";` : "";
        },
      ),
      map: null,
    }),
  },
};

/** Functions that a start does not need: their modules are read when one is first called. */
const LATE_ROOMS = "./late-rooms.ts";
const lateImports = {
  name: "late-imports",
  transform: {
    filter: { id: /[\\/]lib[\\/].*\.ts$/ },
    handler: (code) => {
      const late = code
        .replace(/^import \{(.*)\} from "\.\/late-rooms\.ts";$/m, (_, names) =>
          [
            "let rooms;",
            ...names.split(",").map((given) => {
              const name = given.trim();
              const loaded = `(rooms ??= late(import("${LATE_ROOMS}")))`;
              return `const ${name} = (...args) => ${loaded}.${name}(...args);`;
            }),
          ].join("\n"),
        )
        .replace('require("tmp-promise")', 'late(import("tmp-promise"))');
      if (late.includes(`from "${LATE_ROOMS}"`)) {
        throw new Error(`an import of ${LATE_ROOMS} is longer than a line`);
      }
      return { code: late, map: null };
    },
  },
};

/**
 * `import()` that is awaited by nothing: the CommonJS files have the `require` in it. The others
 * become asynchronous functions: Parcel takes the bundler's form for its own and breaks it.
 */
const lateRequires = {
  name: "late-requires",
  renderChunk(code) {
    const module = String.raw`(?:\w+\.__toESM\()?(require\("[^"]+"\)(?:\.default)?)(?:, 1\))?`;
    const imported = String.raw`Promise\.resolve\(\)\.then\(\(\) => (?:/\* @__PURE__ \*/ )?${module}\)`;
    const part = String.raw`(?:\.then\(\(n\) => n(\.\w+)\))?`;
    const required = code.replaceAll(new RegExp(`\\blate\\(${imported}${part}\\)`, "g"), "$1$2");
    if (/\blate\(Promise/.test(required)) throw new Error("the form of import() has changed");
    const asynchronous = required.replaceAll(
      /Promise\.resolve\(\)\.then\(\(\) => (require\("[^"]+"\))\)/g,
      "(async () => $1)()",
    );
    return { code: asynchronous, map: null };
  },
};

/** tmp needs crypto for names that it makes itself; it is given one. */
const lateCrypto = {
  name: "late-crypto",
  transform: {
    filter: { id: /[\\/]node_modules[\\/]tmp[\\/]lib[\\/]tmp\.js$/ },
    handler: (code) => {
      const [before, after] = code.split("const crypto = require('crypto');");
      if (after === undefined) throw new Error("tmp loads crypto in another way");
      return { code: before + after.replaceAll(/\bcrypto\./g, "require('crypto')."), map: null };
    },
  },
};

/**
 * zod keeps its settings on the global object, where it adds them when it loads: within a test,
 * that is a leak. This copy has its own.
 */
const ownConfig = {
  name: "own-config",
  transform: {
    filter: { id: /[\\/]node_modules[\\/]zod[\\/]v4[\\/]core[\\/]core\.js$/ },
    handler: (code) => {
      const own = code.replaceAll("globalThis", "ownGlobal");
      if (own === code) throw new Error("zod keeps its settings in another way");
      return { code: `const ownGlobal = {};\n${own}`, map: null };
    },
  },
};

/** Exports that never change are plain properties: 200 getters take 1 to 2 ms of every start. */
const plainExports = {
  name: "plain-exports",
  renderChunk: (code) => ({
    code: code.replaceAll(
      /^Object\.defineProperty\(exports, "([\w$]+)", \{\s+enumerable: true,\s+get: function \(\) \{\s+return ([\w$]+);\s+\}\s+\}\);$/gm,
      (getter, name, variable) => {
        const escaped = variable.replaceAll("$", "\\$");
        const change = String.raw`(?<!\b(?:const|let|var) |[\w$.])${escaped} ?(?:\+\+|--|[-+*/%&|?^]{0,2}=(?![=>]))`;
        const isConstant = !new RegExp(change).test(code);
        return isConstant ? `exports.${name} = ${variable};` : getter;
      },
    ),
    map: null,
  }),
};

/** V8 reads a file of nothing but ASCII in two thirds of the time. */
const ascii = {
  name: "ascii",
  renderChunk: (code) => ({
    code: code.replace(
      /[^\0-\x7f]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
    map: null,
  }),
};

/** Modules that take 0.5 to 7 ms to load: they are loaded where they are first used. */
const LATE = [
  "node:crypto",
  "node:fs/promises",
  "node:perf_hooks",
  "node:worker_threads",
  "node:zlib",
  "./lru-cache.js",
  "./rolldown-runtime.js",
  "./zod.js",
];
const lateModules = {
  name: "late-modules",
  renderChunk: (code) => {
    for (const name of LATE) {
      const [given, variable] =
        new RegExp(`^(?:let|const) (\\w+) = require\\("${name}"\\);$`, "m").exec(code) ?? [];
      if (!given) continue;
      const [before, after, ...more] = code.split(given);
      // In brackets, for `new`.
      const uses = after.replaceAll(`${variable}.`, `(load_${variable}()).`);
      if (more.length > 0 || new RegExp(`\\b${variable}\\b`).test(uses)) {
        throw new Error(`${name} is used in a way that cannot be late`);
      }
      // In a function of its own: rollup leaves a `require` in a `try` as it is.
      const load = `const load_${variable} = () => ${variable} ??= require("${name}");`;
      code = uses === after ? before + after : `${before}let ${variable};\n${load}${uses}`;
    }
    return { code, map: null };
  },
};

/** The bundler's wrapper of a CommonJS module, in the file itself: its runtime is one more file. */
const ownWrapper = {
  name: "own-wrapper",
  renderChunk: (code, { name }) => {
    if (name !== "tmp-promise") return null;
    const wrapper =
      "const wrapped = (make, module) => () => (module || make((module = { exports: {} }).exports, module), module.exports);";
    const own = code
      .replace('const require_rolldown_runtime = require("./rolldown-runtime.js");', wrapper)
      .replaceAll("require_rolldown_runtime.__commonJSMin(", "wrapped(");
    if (!own.includes(wrapper) || own.includes("require_rolldown_runtime")) {
      throw new Error("tmp-promise needs more of the bundler's runtime");
    }
    return { code: own, map: null };
  },
};

/** The bundler's exports of a module: without what client code adds to Object.prototype. */
const ownExports = {
  name: "own-exports",
  renderChunk: (code, { name }) => {
    if (name !== "rolldown-runtime") return null;
    const own = code.replace("for (var name in all)", "for (var name of __getOwnPropNames(all))");
    if (own === code) throw new Error("the runtime of the bundler has changed");
    return { code: own, map: null };
  },
};

/** What `import.meta` becomes: bundles of ES modules have no `__filename`. */
const noImportMeta = {
  name: "no-import-meta",
  renderChunk(code, { name }) {
    if (code.includes("pathToFileURL(__filename)")) throw new Error(`${name} has import.meta`);
  },
};

/** The modules that a module imports at once. */
const imports = new Map();
const noteImports = {
  name: "note-imports",
  moduleParsed({ id, importedIds }) {
    imports.set(id, importedIds);
  },
};

/** Whether a module is the given one, or is imported by it, directly or not. */
export function partOf(root) {
  let modules;
  const add = (id) => {
    if (modules.has(id)) return;
    modules.add(id);
    for (const imported of imports.get(id) ?? []) add(imported);
  };
  return (id) => {
    if (!modules) {
      modules = new Set();
      add(root);
    }
    return modules.has(id);
  };
}

/** Plugins that change modules before they are bundled. */
export const ofModules = [ownRequire, lateImports, lateCrypto, ownConfig, noteImports];
/** Plugins that change the bundled files. */
export const ofFiles = [
  ownExports,
  ownWrapper,
  lateRequires,
  plainExports,
  lateModules,
  ascii,
  noImportMeta,
];
