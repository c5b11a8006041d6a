// Bounds the texts of errors and warnings, whose length the data and the poster's code decide.

/** The first characters of a longer text, and a sign that there are more. */
export function shortened(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
