// Builds dist/: one CommonJS implementation in few files for `require` and `import`, and its types.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { rolldown } from "rolldown";
import { ofFiles, ofModules, partOf } from "./build-plugins.mjs";

const require = createRequire(import.meta.url);

const manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** An entry is dist/NAME.js, made of lib/NAME.ts. */
const files = [...Object.values(manifest.exports), ...Object.values(manifest.bin)];
const names = files.flatMap((file) => /^\.\/dist\/(.+)\.js$/.exec(file)?.[1] ?? []);

/**
 * zod, since Node takes 100 ms to read its many files; lru-cache and tmp, for 2 and 4 ms of every
 * start; pixelmatch, since jest cannot require ES modules; and what only the command needs, so that
 * others need not install it.
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

rmSync("dist", { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(names.map((name) => [name, `lib/${name}.ts`])),
  platform: "node",
  transform: { target: "node20.19" },
  external: [/^node:/, ...external],
  plugins: ofModules,
});
const fileName = ({ name }) => `${name.replaceAll("/", "-")}.js`;
const { output } = await bundle.write({
  dir: "dist/bundle",
  format: "cjs",
  entryFileNames: fileName,
  chunkFileNames: fileName,
  generatedCode: { symbols: false },
  comments: false,
  // What every host needs, in one file: each further one takes 0.3 ms.
  codeSplitting: {
    groups: [
      { name: "zod", test: /[\\/]node_modules[\\/]zod[\\/]/, priority: 1 },
      { name: "lru-cache", test: /[\\/]node_modules[\\/]lru-cache[\\/]/ },
      { name: "core", test: partOf(resolve("lib/host.ts")) },
    ],
  },
  plugins: ofFiles,
});
// The package itself is of the type "module", as its sources are. Parcel reads only the nearest
// manifest for what a file may load.
const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
const nearest = { type: "commonjs", dependencies, peerDependencies, peerDependenciesMeta };
writeFileSync("dist/package.json", `${JSON.stringify(nearest, null, 2)}\n`);
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
  const isCommand = Object.values(manifest.bin).includes(`./dist/${name}.js`);
  const first = isCommand ? "#!/usr/bin/env node\n" : "";
  writeFileSync(
    `dist/${name}.js`,
    first + (exports.length > 0 ? code : `require("${bundled}");\n`),
  );
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
