// Cuts a picture into stripes of rows, and finds where rows lie among its pixels.

/** A part of the picture's pixels, in bytes. */
export type Part = readonly [from: number, to: number];

/** Rows from `from` to before `to`. */
export type Rows = readonly [from: number, to: number];

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
