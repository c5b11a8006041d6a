// What the encoder's WebAssembly exports: the functions that are called, and the numbers that callers need.

export { jpegStats, jpegStripe, jpegTables, SYMBOLS } from "./jpeg";
export { WINDOW } from "./lz";
export { ANSWERS, ARENA, EXTRA } from "./memory";
export { GREY, GREYS, INDEX, MAX_COLOURS, OPAQUE, RGB, RGBA } from "./pixels";
export {
  DEFAULT,
  FAST,
  PLAIN_DEFAULT,
  PLAIN_FAST,
  PLAIN_SMALL,
  pngAnalyze,
  pngStripe,
  SMALL,
} from "./png";
