// The functions that the host calls.

export { jpegStats, jpegStripe, jpegTables } from "./jpeg";
export { pngLook, pngStripe } from "./png";
