// The font of the specs: from npm, so that goldens hold on every machine.
import { createRequire } from "node:module";
import { GlobalFonts } from "@napi-rs/canvas";

const { resolve } = createRequire(import.meta.url);

/** The font family of the specs, which has Chinese. */
export const FAMILY = "Spec Sans";

GlobalFonts.registerFromPath(
  resolve("@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2"),
  FAMILY,
);
