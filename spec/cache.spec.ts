// Every cache of the library by its name, with its bounds in bytes and age.
import assert from "node:assert/strict";
import { createCache } from "../lib/cache.ts";
import { syntaxTrees, walk } from "./support/sources.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** By file and name: most bytes, and milliseconds. */
const CACHES: Record<string, [maxBytes: string, maxAgeMs: number]> = {
  "context/state.ts colours": ["1_000_000", HOUR],
  "context/state.ts readings": ["1_000_000", HOUR],
  "fonts/families.ts readable": ["2_000_000", HOUR],
  "fonts/font-value.ts readBack": ["1_000_000", HOUR],
  "fonts/text.ts fonts": ["2_000_000", HOUR],
  "fonts/text.ts texts": ["4_000_000", HOUR],
  "images/render.ts sizes": ["1_000_000", HOUR],
  "miniprogram/files/source.ts files": ["MAX_KEPT", HOUR],
  "miniprogram/files/template.ts compiled": ["33_554_432", HOUR],
  "sources/url-cache.ts answers": ["8_388_608", 60_000],
  "temp/sweep.ts sweeps": ["1_000_000", HOUR],
  "warn.ts emitted": ["4_000_000", DAY],
};

/** Caches that are bounded by settings: decoded pictures, and the posters that a service keeps. */
const OWN_BOUNDS = ["cache.ts", "images/memory.ts", "posters/service/store.ts"];

interface Declarator {
  id: { name: string };
  init: { type: string; callee?: { name: string }; start: number; end: number } | null;
}

function declarations(): { place: string; init: string; callee: string }[] {
  const found = [];
  for (const { file, code, tree } of syntaxTrees()) {
    for (const node of walk(tree)) {
      if (node.type !== "VariableDeclarator") continue;
      const { id, init } = node as unknown as Declarator;
      const callee = init?.callee?.name;
      if (!init || !callee) continue;
      found.push({ place: `${file} ${id.name}`, init: code.slice(init.start, init.end), callee });
    }
  }
  return found;
}

describe("caches", () => {
  it("are listed here, each bounded in bytes and by age", () => {
    const found = declarations().filter(({ callee }) => callee === "createCache");
    const bounds = found.map(({ place, init }) => {
      const bytes = /maxBytes: ([\w.]+)/.exec(init)?.[1] ?? "";
      const age = Number(/maxAgeMs: ([\d_]+)/.exec(init)?.[1]?.replaceAll("_", ""));
      return [place, [bytes, age]];
    });
    assert.deepEqual(Object.fromEntries(bounds), CACHES);
  });

  it("are created in one way", () => {
    for (const { file, code } of syntaxTrees()) {
      if (!OWN_BOUNDS.includes(file)) assert.doesNotMatch(code, /new LRUCache/, file);
    }
  });

  it("drop entries that are too many, too old or too large", async () => {
    const cache = createCache<string>({
      maxBytes: 1000,
      maxAgeMs: 30,
      bytesOf: ({ length }) => length,
    })();
    for (const key of ["a", "b", "c", "d", "e"]) cache.set(key, key);
    assert.deepEqual([...cache.keys()], ["e", "d", "c", "b"]);
    cache.set("f", "f".repeat(1000));
    assert.equal(cache.get("f"), undefined);
    cache.set("g".repeat(500), "g");
    assert.equal(cache.size, 4);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(cache.get("e"), undefined);
    const plain = createCache<object>({ maxBytes: 500, maxAgeMs: 1000 })();
    plain.set("a", {}).set("b", {}).set("c", {});
    assert.deepEqual([...plain.keys()], ["c", "b"]);
  });
});
