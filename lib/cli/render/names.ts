// Makes file names from data: one file for each row, inside the pattern's folder, valid on every
// system.
import { dirname, extname, join, resolve, sep } from "node:path";
import { CanvasError, show } from "../../errors.ts";
import { usageError } from "../command.ts";

/** Returns the path of a row's file, or fails with what is wrong with the row. */
export type NameOf = (row: { number: number; data?: unknown }) => string;

/** The file type of a pattern's extension; undefined leaves it to the poster. */
export function fileTypeOf(pattern: string): "png" | "jpg" | undefined {
  const extension = extname(pattern.replace(/\{[^{}]*\}/g, "x")).toLowerCase();
  if (extension === ".png") return "png";
  if (extension === ".jpg" || extension === ".jpeg") return "jpg";
  if (extension === "") return undefined;
  throw usageError(`--out: expected a name that ends in .png or .jpg, got ${pattern}`);
}

/** Longest name in bytes: systems allow 255, and `.part` is added while the file is written. */
const MAX_BYTES = 240;

/**
 * Reads a pattern such as `out/{id}.jpg`: fields of the data by path (`{user.id}`), and `{row}`,
 * the row's number.
 */
export function namesOf(pattern: string): NameOf {
  const made = new Map<string, number>();
  const base = resolve(dirname(pattern.replace(/\{.*$/s, "x")));
  return ({ number, data }) => {
    const name = pattern.replace(/\{([^{}]*)\}/g, (_, field: string) =>
      safe(field, field === "row" ? number : valueAt(data, field)),
    );
    const path = resolve(name);
    if (!path.startsWith(join(base, sep))) throw wrong(`${name} leads out of ${base}`);
    // Some file systems do not distinguish "A" from "a".
    const key = path.normalize("NFC").toLowerCase();
    const first = made.get(key);
    if (first !== undefined) throw wrong(`${name} is the file of row ${first} already`);
    made.set(key, number);
    return path;
  };
}

function valueAt(data: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((value, key) => {
    const isOwn = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    return isOwn ? (value as Record<string, unknown>)[key] : undefined;
  }, data);
}

/**
 * A value as part of a name. A path in it is an error; characters that some system forbids are
 * replaced.
 */
function safe(field: string, value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    throw wrong(`{${field}}: expected a text or a number, got ${show(value)}`);
  }
  const text = String(value);
  if (text.trim() === "" || /[/\\\0]|^\.+$/.test(text)) {
    throw wrong(`{${field}}: expected a part of a file's name, got ${show(text)}`);
  }
  // Halves of characters would all become the same one in a file's name.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them
  const allowed = text.replace(/[<>:"|?*\x00-\x1f\p{Surrogate}]/gu, "_");
  const clean = allowed.replace(/(?<![. ])[. ]+$/, "_");
  if (Buffer.byteLength(clean) > MAX_BYTES)
    throw wrong(`{${field}}: longer than ${MAX_BYTES} bytes`);
  // Names of devices on Windows, with any extension.
  return clean.replace(/^(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?= *(?:\.|$))/i, "$&_");
}

function wrong(reason: string): CanvasError {
  return new CanvasError("DATA", reason);
}
