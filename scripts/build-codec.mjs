// Makes the encoder's two generated files: wasm.ts from AssemblyScript, thread-program.ts from
// thread.ts.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { rolldown } from "rolldown";

const codec = "lib/export/codec";
const out = process.argv[2] ?? codec;
const MADE = "// Made by `npm run build:codec`; not edited by hand.\n\n";

const options = [
  "-O3",
  "--converge",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd,threads,bulk-memory",
  // The caller makes the memory, shared, so that both it and a worker see it without copies.
  "--importMemory",
  "--sharedMemory",
  "--zeroFilledMemory",
  "--initialMemory",
  "2",
  "--maximumMemory",
  "32768",
  "--memoryBase",
  "1024",
];

let binary = new Uint8Array(0);
const { error, stderr } = await asc.main(
  [`${codec}/assembly/index.ts`, "--outFile", "codec.wasm", ...options],
  {
    writeFile: (_name, contents) => {
      binary = contents;
    },
  },
);
if (error) {
  console.error(stderr.toString());
  process.exit(1);
}

const memory = new WebAssembly.Memory({ initial: 2, maximum: 32768, shared: true });
const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
const constants = Object.entries(instance.exports)
  .filter(([, value]) => value instanceof WebAssembly.Global)
  .map(([name, { value }]) => `export const ${name} = ${value};\n`);
await mkdir(out, { recursive: true });
await writeFile(
  join(out, "wasm.ts"),
  `${MADE}export const wasm: string =\n  "${Buffer.from(binary).toString("base64")}";\n\n${constants.join("")}`,
);

const START = `
import { parentPort, workerData } from "node:worker_threads";
import { serve } from "./thread.ts";
serve(parentPort, workerData);
`;
const bundle = await rolldown({
  input: "start",
  platform: "node",
  plugins: [
    {
      name: "start",
      resolveId: (id) => (id === "start" ? join(process.cwd(), codec, "start.ts") : undefined),
      load: (id) => (id.endsWith("start.ts") ? START : undefined),
    },
  ],
});
const { output } = await bundle.generate({ format: "cjs", minify: true });
// In a function of its own: Bun and Deno declare `module` and `exports` themselves.
const program = `(() => {${output[0].code.trim()}})();`;
await writeFile(
  join(out, "thread-program.ts"),
  `${MADE}export const threadProgram: string =\n  ${JSON.stringify(program)};\n`,
);
