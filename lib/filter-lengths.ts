// Lengths in a context's filter, such as the 2px of `blur(2px)`.

/** A number and its unit; angles and amounts are no lengths. */
const LENGTH =
  /(?<![\w#.])([-+]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:e[-+]?\d{1,3})?)(px|cm|mm|q|in|pc|pt|r?em|ex|ch|vw|vh)\b/gi;

/** The numbers of the lengths, each in its own unit. */
export function lengthsOf(filter: string): number[] {
  return Array.from(filter.matchAll(LENGTH), ([, length]) => Number(length));
}

/** Multiplies the lengths of a filter by the scale; angles and amounts stay. */
export function scaledFilter(filter: string, scale: number): string {
  return filter.replace(LENGTH, (_, length: string, unit: string) => {
    return `${Number(length) * scale}${unit}`;
  });
}
