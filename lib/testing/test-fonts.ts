// Loads the fonts that a test names; text without a family uses them in their order.

import { isUint8Array } from "node:util/types";
import { invalid, toCanvasError } from "../errors.ts";
import { useFonts } from "../fonts/families.ts";
import type { LoadFontFaceOptions } from "../fonts/fonts.ts";
import type { Host } from "../host.ts";
import { isUrl } from "../is-url.ts";
import type { Problems } from "./problems.ts";

/** A font file, by its path relative to the working directory or its URL, or its bytes. */
export type FontSource = string | URL | Uint8Array;

/**
 * Loads the fonts, and calls `name` with each family of the test, including those that its code
 * loads later.
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
  host.wx.loadFontFace = ((options: LoadFontFaceOptions) => {
    name(String(options?.family));
    return loadFontFace(options);
  }) as typeof loadFontFace;

  for (const [family, given] of Object.entries(fonts)) {
    for (const source of sourcesOf(family, given)) {
      // The font is loaded when the call returns; only a failure comes later.
      host.loadFont(source, family).catch((error) => {
        const failure = toCanvasError(error);
        problems.add("failures", failure.reason, failure);
      });
    }
  }
  try {
    useFonts({ default: Object.keys(fonts) });
  } catch {
    // A font could not be loaded, which is already noted as a problem.
  }
}

function sourcesOf(family: string, given: FontSource | readonly FontSource[]): FontSource[] {
  const sources = (Array.isArray(given) ? given : [given]) as FontSource[];
  for (const source of sources) {
    const isSource = typeof source === "string" || isUrl(source) || isUint8Array(source);
    if (!isSource) throw invalid(`fonts["${family}"]`, "the path or the bytes of a font", source);
  }
  return sources;
}
