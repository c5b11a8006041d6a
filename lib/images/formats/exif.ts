// Reads the orientation (1 to 8) from the EXIF block of a picture.

/** The tag of the orientation in the first directory of a TIFF block. */
const ORIENTATION = 0x0112;
const SHORT = 3;

/** The orientation in an EXIF block, with or without its "Exif" signature; 1 where it has none. */
export function orientationOf(exif: Buffer): number {
  const tiff = exif.subarray(0, 6).equals(Buffer.from("Exif\0\0", "latin1"))
    ? exif.subarray(6)
    : exif;
  const order = tiff.toString("latin1", 0, 2);
  if (tiff.length < 8 || (order !== "II" && order !== "MM")) return 1;
  const short = (at: number) => (order === "II" ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = order === "II" ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return 1;
  const entries = Math.min(short(directory), Math.floor((tiff.length - directory - 2) / 12));
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (short(entry) !== ORIENTATION || short(entry + 2) !== SHORT) continue;
    const value = short(entry + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
