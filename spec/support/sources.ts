// What the library's own sources are made of, as a parser reads them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Node, parse } from "acorn";
import { transform } from "sucrase";

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));

/** Each file below `lib`, without those that are compiled to WebAssembly, as a tree. */
export function* syntaxTrees(): Generator<{ file: string; code: string; tree: Node }> {
  for (const file of readdirSync(LIB, { recursive: true }).map(String).sort()) {
    if (!file.endsWith(".ts") || file.includes("assembly")) continue;
    const source = readFileSync(join(LIB, file), "utf8");
    const { code } = transform(source, { transforms: ["typescript"], disableESTransforms: true });
    yield { file, code, tree: parse(code, { ecmaVersion: "latest", sourceType: "module" }) };
  }
}

/** The node and all below it; `isWanted` says of which to look at the children. */
export function* walk(node: unknown, isWanted = (_: Node) => true): Generator<Node> {
  if (Array.isArray(node)) for (const item of node) yield* walk(item, isWanted);
  else if (typeof node === "object" && node !== null && "type" in node) {
    yield node as Node;
    if (!isWanted(node as Node)) return;
    for (const child of Object.values(node)) {
      if (typeof child === "object") yield* walk(child, isWanted);
    }
  }
}
