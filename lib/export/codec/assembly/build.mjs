// Compiles the encoder's AssemblyScript sources and embeds the result in lib/export/codec/wasm.ts.

import { writeFile } from "node:fs/promises";
import asc from "assemblyscript/asc";

const folder = "lib/export/codec";
let binary = new Uint8Array(0);

const options = [
  "-O3",
  "--converge",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd,threads,bulk-memory",
  // The host makes the memory, shared, so that both it and a worker see it without copies.
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
const { error, stderr } = await asc.main(
  [`${folder}/assembly/index.ts`, "--outFile", "codec.wasm", ...options],
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
const base64 = Buffer.from(binary).toString("base64");
await writeFile(
  process.argv[2] ?? `${folder}/wasm.ts`,
  `// Made from assembly/ by \`npm run build:codec\`; not edited by hand.\n\nexport const wasm: string =\n  "${base64}";\n`,
);
