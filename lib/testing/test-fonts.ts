// The fonts that a test names: loaded for the process, the first of them for text without a family.
import { isUint8Array } from "node:util/types";
import { invalid, toCanvasError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Problems } from "./problems.ts";

/** A font file, by its path from the working directory or its URL, or its bytes. */
export type FontSource = string | URL | Uint8Array;

/** Families that mean "the one of this machine", which are drawn with the first font of the test. */
export const DEFAULT_FAMILIES: readonly string[] = ["sans-serif", "system-ui"];

/**
 * Loads the fonts, and has `name` called with each family that the test has then, those that its
 * code loads later included.
 */
export function useTestFonts(
  host: Host,
  fonts: Readonly<Record<string, FontSource | readonly FontSource[]>>,
  name: (family: string) => void,
  problems: Problems,
): void {
  const { loadFont } = host;
  const { loadFontFace } = host.wx;
  host.loadFont = (source, family) => {
    name(family);
    return loadFont(source, family);
  };
  host.wx.loadFontFace = ((options: { family: string }) => {
    name(String(options?.family));
    return loadFontFace(options as never);
  }) as never;

  const [first] = Object.keys(fonts);
  for (const [family, given] of Object.entries(fonts)) {
    for (const source of sourcesOf(family, given)) {
      const families = family === first ? [family, ...DEFAULT_FAMILIES] : [family];
      for (const one of families) {
        // It is loaded when the call returns; only the failure comes later.
        host.loadFont(source, one).catch((error) => {
          const failure = toCanvasError(error);
          problems.add("failures", failure.reason, failure);
        });
      }
    }
  }
}

function sourcesOf(family: string, given: FontSource | readonly FontSource[]): FontSource[] {
  const sources = (Array.isArray(given) ? given : [given]) as FontSource[];
  for (const source of sources) {
    const isSource = typeof source === "string" || source instanceof URL || isUint8Array(source);
    if (!isSource) throw invalid(`fonts["${family}"]`, "the path or the bytes of a font", source);
  }
  return sources;
}
