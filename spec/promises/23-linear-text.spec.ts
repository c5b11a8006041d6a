// Promise 23: text from outside costs time in proportion to its length.
import assert from "node:assert/strict";
import type { Node } from "acorn";
import { check } from "recheck";
import { withHost } from "../support/hosts.ts";
import { FULL, LONG } from "../support/promises.ts";
import { syntaxTrees, walk } from "../support/sources.ts";

interface Pattern {
  file: string;
  pattern: string;
  flags: string;
}

/** Patterns that are composed; the texts that they read exercise their parts. One makes late ones. */
const COMPOSED: Record<string, number> = { "fonts/emoji.ts": 2, "late.ts": 1 };

/** The pattern of a call of `latePattern`; undefined if it is composed. */
function latePattern([source, flags]: (Node & Partial<Late>)[]) {
  const { quasis = [] } = source?.quasi ?? {};
  if (quasis.length !== 1) return undefined;
  return { pattern: quasis[0]?.value.raw ?? "", flags: flags?.value ?? "u" };
}

interface Late {
  /** Of a `String.raw`. */
  quasi: { quasis: { value: { raw: string } }[] };
  /** Of a string. */
  value: string;
}

function allPatterns(): { patterns: Pattern[]; composed: Record<string, number> } {
  const patterns: Pattern[] = [];
  const composed: Record<string, number> = {};
  for (const { file, tree } of syntaxTrees()) {
    for (const node of walk(tree)) {
      const {
        regex,
        callee,
        arguments: given,
      } = node as Node & {
        regex?: { pattern: string; flags: string };
        callee?: { name?: string };
        arguments?: Node[];
      };
      const late = callee?.name === "latePattern" ? latePattern(given ?? []) : undefined;
      const found = node.type === "Literal" && regex ? regex : late;
      if (found) patterns.push({ file, ...found });
      else if (callee?.name === "RegExp" || callee?.name === "latePattern") {
        composed[file] = (composed[file] ?? 0) + 1;
      }
    }
  }
  return { patterns, composed };
}

/** Milliseconds of the quickest of a few runs. */
function quickest(run: () => unknown, runs = 3): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    run();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** The factor for double the text; quick texts are not measured, seemingly slow ones twice. */
function growth(run: (length: number) => unknown, length: number): number {
  if (quickest(() => run(length), 1) < 8) return 1;
  const [once, twice] = [quickest(() => run(length)), quickest(() => run(length * 2))];
  if (once < 8 || twice / once <= 2.5) return 1;
  return quickest(() => run(length * 4)) / twice;
}

/**
 * Texts of that length that may cause backtracking: repeated parts of the pattern without an end.
 */
function* attacksOn({ pattern }: Pattern): Generator<(length: number) => string> {
  const names = pattern
    .replace(/\\[dDwWsSbBpPku](\{[^}]*\})?/g, " ")
    .match(/[A-Za-z-]{2,}[(=:"<]?/g);
  const own = [...new Set(pattern.replace(/\\[dwsbDWSB]/g, "").match(/[^\\^$*+?()|[\]{}]/g))];
  const units = [...new Set([..."0a \t\n/.-(){}[]<>\"';:,+#&=\\", ...own.slice(0, 24)])];
  const pairs = [" a", "a ", "0.", "/M", "a,", "()", "a:", "\\a", "''", "[a", "a-"];
  for (const prefix of ["", "0", "a", ...(names ?? []).slice(0, 4), "a:", "a=", "var(--v,"]) {
    for (const unit of [...units, ...pairs]) {
      for (const suffix of ["\0", "!\n"]) {
        yield (length) => prefix + unit.repeat(length / unit.length) + suffix;
      }
    }
  }
}

describe("promise 23: linear text", function () {
  this.timeout(LONG);
  const { patterns, composed } = allPatterns();

  it("finds all patterns of the sources", () => {
    assert.ok(patterns.length > 150, `${patterns.length} patterns`);
    assert.deepEqual(composed, COMPOSED);
  });

  it(`takes at most 2.5 times as long for double the text: ${patterns.length} patterns`, () => {
    const wrong: string[] = [];
    for (const one of patterns) {
      const regex = new RegExp(one.pattern, one.flags);
      for (const attack of attacksOn(one)) {
        const factor = growth((length) => {
          regex.lastIndex = 0;
          return attack(length).replace(regex, () => "");
        }, 8000);
        if (factor <= 2.5) continue;
        wrong.push(`${one.file} /${one.pattern}/ ${factor} ${JSON.stringify(attack(20))}`);
        break;
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("is confirmed by recheck, which finds no attack", async function () {
    if (!FULL) return this.skip();
    const wrong: string[] = [];
    for (const { file, pattern, flags } of patterns) {
      // recheck treats sticky patterns like searching ones.
      if (flags.includes("y")) continue;
      const found = await check(pattern, flags, { timeout: 20_000 });
      if (found.status !== "vulnerable") continue;
      // recheck counts steps of its own search; the steps of Node's matter here.
      const { pumps, suffix } = found.attack;
      const regex = new RegExp(pattern, flags);
      const factor = growth((length) => {
        const text = pumps.map(({ prefix, pump }) => prefix + pump.repeat(length / pump.length));
        return (text.join("") + suffix).replace(regex, () => "");
      }, 8000);
      if (factor <= 2.5) continue;
      wrong.push(`${file} /${pattern}/${flags} ${found.attack.pattern}`);
    }
    assert.deepEqual(wrong, []);
  });

  it("holds for options, fonts, sources, paths and selectors of any length", () =>
    withHost(
      { images: { remote: true, timeout: 100 }, onError() {}, onWarning() {} },
      async (host) => {
        host.createCanvas("a", 9, 9);
        host.mountCanvas({ canvasId: "b", width: 9, height: 9 });
        const context = host.wx.createCanvasContext("b");
        const { wx } = host;
        const fed: Record<string, (text: string) => unknown> = {
          x: (text) => host.canvasToBuffer({ canvasId: "a", x: text as never }),
          fileType: (text) => host.canvasToBuffer({ canvasId: "a", fileType: text }),
          font: (text) => Object.assign(context, { font: text }),
          fillStyle: (text) => Object.assign(context, { fillStyle: text }),
          filter: (text) => Object.assign(context, { filter: text }),
          loadFontFace: (source) => wx.loadFontFace({ family: "a", source }),
          "loadFontFace url": (text) => wx.loadFontFace({ family: "a", source: `url(${text}` }),
          family: (family) => wx.loadFontFace({ family, source: "url(/a)" }),
          getImageInfo: (src) => wx.getImageInfo({ src }),
          "data URI": (text) => wx.getImageInfo({ src: `data:${text},AAAA` }),
          URL: (text) => wx.downloadFile({ url: `http://127.0.0.1:1/${text}` }),
          path: (text) => wx.getFileSystemManager().readFile({ filePath: `/${text}` }),
          "written path": (text) =>
            wx.getFileSystemManager().writeFile({ filePath: `wxfile://usr/${text}`, data: "" }),
          storage: (key) => wx.setStorageSync(key, 1),
          selector: (text) => wx.createSelectorQuery().select(text),
        };
        const units = [
          "1",
          " ",
          "a",
          "/",
          "(",
          "1.",
          "e",
          "'",
          '"',
          ";",
          ",",
          "a/",
          "\n",
          "\\",
          ".",
        ];
        const slow: string[] = [];
        for (const [name, feed] of Object.entries(fed)) {
          for (const unit of units) {
            for (const tail of ["", "x", "\0"]) {
              const run = async (length: number) => {
                const began = performance.now();
                try {
                  await feed(unit.repeat(length / unit.length) + tail);
                } catch {
                  // A refusal is a valid answer.
                }
                return performance.now() - began;
              };
              const first = await run(50_000);
              if (first < 60) continue;
              const [once, twice] = [await run(50_000), await run(100_000)];
              if (once > 60 && twice > once * 2.5) {
                slow.push(`${name} ${JSON.stringify(unit)}: ${once} ms, ${twice} ms`);
              }
            }
          }
        }
        assert.deepEqual(slow, []);
      },
    ));
});
