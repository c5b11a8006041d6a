// Cuts a picture into stripes of rows, and finds where rows lie among its pixels.

/** A part of the picture's pixels, in bytes. */
export type Part = readonly [from: number, to: number];

/** Rows from `from` to before `to`. */
export type Rows = readonly [from: number, to: number];

/** Rows that are read, or so many of their columns: those from `left` to before `right`. */
export type Piece = readonly [from: number, to: number, left?: number, right?: number];

/** How many pixels of a picture of that width a piece has. */
export function pixelsOf(width: number, [from, to, left = 0, right = width]: Piece): number {
  return (to - from) * (right - left);
}

/** Where a piece lies in the pixels of a picture: as one part if it has whole rows. */
export function partsOf(width: number, [from, to, left = 0, right = width]: Piece): Part[] {
  if (left === 0 && right === width) return [bytesOf(width, [from, to])];
  return Array.from({ length: to - from }, (_, i) => {
    const line = (from + i) * width;
    return [(line + left) * 4, (line + right) * 4];
  });
}

/** Copies a piece of a picture. */
export function copyOf(pixels: Uint8Array, width: number, piece: Piece): Uint8Array {
  const copy = new Uint8Array(pixelsOf(width, piece) * 4);
  let at = 0;
  for (const [from, to] of partsOf(width, piece)) {
    copy.set(pixels.subarray(from, to), at);
    at += to - from;
  }
  return copy;
}

/** Stripes of `rows` rows; the last may have fewer. */
export function cut(height: number, rows: number): Rows[] {
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => [
    i * rows,
    Math.min(height, (i + 1) * rows),
  ]);
}

/** Where the rows lie in the pixels, in bytes. */
export function bytesOf(width: number, [from, to]: Rows): Part {
  return [from * width * 4, to * width * 4];
}
