// The exports of the encoder's WebAssembly: the functions that the host calls, and the numbers that
// it needs.

export { jpegStripe, jpegTables, LENGTHS } from "./jpeg";
export { WINDOW } from "./lz";
export { ANSWERS, ARENA, EXTRA } from "./memory";
export { GREY, GREYS, INDEX, MAX_COLOURS, OPAQUE, RGB, RGBA } from "./pixels";
export {
  DEFAULT,
  FLAT,
  LITTLE,
  PLAIN,
  pngFilter,
  pngLook,
  pngStripe,
  SAMPLE,
  SAMPLE_PART,
  SAMPLE_PRIOR,
  SMALL,
} from "./png";
export { ANY, pngQuick } from "./quick";
export { reduce } from "./reduce";
