// How a picture is cut into stripes of rows, and where those lie among its pixels.

/** A part of the picture's pixels, in bytes. */
export type Part = readonly [from: number, to: number];

/** Rows from the first to before the second. */
export type Rows = readonly [from: number, to: number];

/** Stripes of so many rows; the last may have less. */
export function cut(height: number, rows: number): Rows[] {
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => [
    i * rows,
    Math.min(height, (i + 1) * rows),
  ]);
}

/** The bytes of the rows. */
export function bytesOf(width: number, [from, to]: Rows): Part {
  return [from * width * 4, to * width * 4];
}
