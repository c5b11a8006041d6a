// Builds dist/: one CommonJS implementation in few files for `require` and `import`, and its types.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { rolldown } from "rolldown";

const require = createRequire(import.meta.url);

const manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** Files that processes are started from, below dist/; all others are named by package.json. */
const CHILDREN = [];

/** An entry is dist/NAME.js, made of lib/NAME.ts. */
const files = [
  ...Object.values(manifest.exports),
  ...Object.values(manifest.bin ?? {}),
  ...CHILDREN,
];
const names = files.flatMap((file) => /^(?:\.\/)?dist\/(.+)\.js$/.exec(file)?.[1] ?? []);

/**
 * zod, since Node takes 100 ms to read its many files; lru-cache, for 2 ms of every start;
 * pixelmatch, since jest cannot require ES modules; and what only the command needs, so that others
 * need not install it.
 */
const BUNDLED = [
  "zod",
  "lru-cache",
  "pixelmatch",
  "tmp",
  "tmp-promise",
  "chokidar",
  "csv-parse",
  "cli-progress",
];
const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  .filter((name) => !BUNDLED.includes(name))
  .map((name) => new RegExp(`^${name}(/|$)`));

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
    handler: (code) => ({
      code: code
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
        .replace('require("tmp-promise")', 'late(import("tmp-promise"))'),
      map: null,
    }),
  },
};
/** `import()` that is awaited by nothing: the CommonJS files have the `require` in it. */
const lateRequires = {
  name: "late-requires",
  renderChunk(code) {
    const module = String.raw`(require\("[^"]+"\)|\w+\.__toESM\(require\("[^"]+"\)\.default, 1\))`;
    const imported = String.raw`Promise\.resolve\(\)\.then\(\(\) => (?:/\* @__PURE__ \*/ )?${module}\)`;
    const part = String.raw`(?:\.then\(\(n\) => n(\.\w+)\))?`;
    const required = code.replaceAll(new RegExp(`\\blate\\(${imported}${part}\\)`, "g"), "$1$2");
    if (/\blate\(Promise/.test(required)) throw new Error("the form of import() has changed");
    return { code: required, map: null };
  },
};

/** tmp needs crypto for names that it makes itself; it is given one. */
const lateCrypto = {
  name: "late-crypto",
  transform: {
    filter: { id: /[\\/]node_modules[\\/]tmp[\\/]lib[\\/]tmp\.js$/ },
    handler: (code) => ({
      code: code
        .replace("const crypto = require('crypto');", "")
        .replaceAll(/\bcrypto\./g, "require('crypto')."),
      map: null,
    }),
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

/** Modules of Node that take 1 to 7 ms to load: they are loaded where they are first used. */
const LATE = ["node:crypto", "node:fs/promises", "node:worker_threads", "node:zlib"];
const lateBuiltins = {
  name: "late-builtins",
  renderChunk: (code) => {
    for (const name of LATE) {
      const variable = name.replace(/[:/]/g, "_");
      const [before, after, ...more] = code.split(`let ${variable} = require("${name}");`);
      if (after === undefined) continue;
      // In brackets, for `new`.
      const uses = after.replaceAll(`${variable}.`, `(load_${variable}()).`);
      if (more.length > 0 || uses === after || new RegExp(`\\b${variable}\\b`).test(uses)) {
        throw new Error(`${name} is used in a way that cannot be late`);
      }
      // In a function of its own: rollup leaves a `require` in a `try` as it is.
      const load = `const load_${variable} = () => ${variable} ??= require("${name}");`;
      code = `${before}let ${variable};\n${load}${uses}`;
    }
    return { code, map: null };
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

/** The modules that a module imports at once. */
const imports = new Map();
const noteImports = {
  name: "note-imports",
  moduleParsed({ id, importedIds }) {
    imports.set(id, importedIds);
  },
};

/** What every host needs, in one file: each further one takes 0.3 ms. */
const core = new Set();
function addToCore(id) {
  if (core.has(id)) return;
  core.add(id);
  for (const imported of imports.get(id) ?? []) addToCore(imported);
}
function isCore(id) {
  if (core.size === 0) addToCore(resolve("lib/host.ts"));
  return core.has(id);
}

rmSync("dist", { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(names.map((name) => [name, `lib/${name}.ts`])),
  platform: "node",
  transform: { target: "node20.19" },
  external: [/^node:/, ...external],
  plugins: [ownRequire, lateImports, lateCrypto, noteImports],
});
const fileName = ({ name }) => `${name.replaceAll("/", "-")}.js`;
const { output } = await bundle.write({
  dir: "dist/bundle",
  format: "cjs",
  entryFileNames: fileName,
  chunkFileNames: fileName,
  generatedCode: { symbols: false },
  comments: false,
  codeSplitting: { groups: [{ name: "core", test: isCore }] },
  plugins: [ownExports, lateRequires, plainExports, lateBuiltins, ascii],
});
// The package itself is of the type "module", as its sources are.
writeFileSync("dist/package.json", '{ "type": "commonjs" }\n');
for (const { isEntry, name, exports, fileName } of output) {
  if (!isEntry) continue;
  // Node reads all of an imported CommonJS file to find its exports, so imported files are small.
  const bundled = `${"../".repeat(name.split("/").length - 1) || "./"}bundle/${fileName}`;
  // A default export alone is the module: jest and vitest load their environments so.
  const isDefault = exports.length === 1 && exports[0] === "default";
  const members = isDefault ? Object.keys(require(resolve("dist/bundle", fileName))) : [];
  const lines = isDefault
    ? [
        "module.exports = bundle;\n",
        "module.exports.default = bundle;\n",
        // Never run: Node's import reads the names of the members here.
        ...(members.length > 0 ? [`0 && (module.exports = { ${members.join(", ")} });\n`] : []),
      ]
    : exports.map((name) => `exports.${name} = bundle.${name};\n`);
  const code = `const bundle = require("${bundled}");\n${lines.join("")}`;
  mkdirSync(dirname(`dist/${name}`), { recursive: true });
  const command = Object.values(manifest.bin ?? {}).includes(`./dist/${name}.js`);
  const first = command ? "#!/usr/bin/env node\n" : "";
  writeFileSync(`dist/${name}.js`, exports.length > 0 ? code : `${first}require("${bundled}");\n`);
}
for (const name of BUNDLED) {
  const file = readdirSync(`node_modules/${name}`).find((file) => file.startsWith("LICENSE"));
  if (file) copyFileSync(`node_modules/${name}/${file}`, `dist/${name}.LICENSE.txt`);
  else {
    // tmp-promise has its licence in its manifest alone.
    const { license, author, homepage } = require(`${name}/package.json`);
    const lines = [name, `Licence: ${license}`, `Author: ${author?.name ?? author}`, homepage];
    writeFileSync(`dist/${name}.LICENSE.txt`, `${lines.join("\n")}\n`);
  }
}
execFileSync("npx", ["tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
// A value that is the module is `export =` in its types, which stand beside no other export.
for (const { isEntry, name, exports } of output) {
  const file = `dist/${name}.d.ts`;
  const types = isEntry && exports.length === 1 ? readFileSync(file, "utf8") : "";
  if (!/^export default \w+;$/m.test(types)) continue;
  const whole = types.replace(/^export default (\w+;)$/m, "export = $1");
  writeFileSync(file, whole.replace(/^export (?=interface|declare|type)/gm, ""));
}
