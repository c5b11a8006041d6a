// Parts of the schemas that read the options of the file system manager's functions.
import * as z from "zod/mini";
import { checked } from "../../option-parts.ts";
import { expecting, omitted, preprocessed } from "../../validate.ts";
import { isBytes } from "../base64.ts";

/** Encodings of bytes as text. */
export type Encoding =
  | "ascii"
  | "base64"
  | "binary"
  | "hex"
  | "latin1"
  | "ucs-2"
  | "ucs2"
  | "utf-16le"
  | "utf-8"
  | "utf16le"
  | "utf8";

const ENCODINGS: Record<Encoding, BufferEncoding> = {
  ascii: "ascii",
  base64: "base64",
  binary: "binary",
  hex: "hex",
  latin1: "latin1",
  "ucs-2": "ucs2",
  ucs2: "ucs2",
  "utf-16le": "utf16le",
  "utf-8": "utf8",
  utf16le: "utf16le",
  utf8: "utf8",
};

/** One of the names; undefined, null and "" count as omitted. */
function optionalName<Name extends string>(names: readonly Name[], expected: string) {
  const name = z.enum(names, { error: expecting(expected) });
  return preprocessed((value) => (omitted(value) ? undefined : value), z.optional(name));
}

/** Node's name of an encoding. */
export function encoding(): z.ZodMiniType<BufferEncoding | undefined> {
  const names = Object.keys(ENCODINGS) as Encoding[];
  return z.pipe(
    optionalName(names, `one of ${names.join(", ")}`),
    z.transform((name: Encoding | undefined) => name && ENCODINGS[name]),
  );
}

/** The algorithm of a digest. */
export function digestAlgorithm(): z.ZodMiniType<"md5" | "sha1" | "sha256" | undefined> {
  return optionalName(["md5", "sha1", "sha256"], '"md5", "sha1" or "sha256"');
}

/** What to write. */
export function data(): z.ZodMiniType<string | ArrayBuffer | ArrayBufferView> {
  return checked<string | ArrayBuffer | ArrayBufferView>(
    (value) => typeof value === "string" || isBytes(value),
    "a string or an ArrayBuffer",
  );
}
