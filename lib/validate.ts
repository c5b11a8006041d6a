// The words that the schemas are made of, and what a value that does not fit is answered with.
import { createRequire } from "node:module";
import type { z } from "zod";
import { CanvasError, show } from "./errors.ts";

/** What schemas are made with. */
export type Zod = typeof z;
type Schema = z.ZodObject;

/**
 * A schema that is built when it is first read. zod is loaded with the first of them, at once and
 * not awaited, so that a picture is still frozen before its call returns; to load it takes longer
 * than to load the engine.
 */
export function lazily<Built extends Schema>(build: (z: Zod) => Built): () => Built {
  let built: Built | undefined;
  return () => {
    built ??= build(loadZod());
    return built;
  };
}

let zod: Zod | undefined;

function loadZod(): Zod {
  zod ??= createRequire(import.meta.url)("zod") as Zod;
  return zod;
}

/** Decimal numbers as people write them; "Infinity", "0x10" and "12px" are not among them. */
const NUMBER_LIKE = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** zod's message for a wrong value: what was expected, and what came. */
export const expecting =
  (expected: string) =>
  (issue: { input?: unknown }): string =>
    `expected ${expected}, got ${show(issue.input)}`;

/** A number-like string as its number; everything else as it is. */
export function numberLike(value: unknown): unknown {
  return typeof value === "string" && NUMBER_LIKE.test(value) ? Number(value) : value;
}

/** undefined, null, '' and NaN count as omitted in WeChat's numeric options. */
export function omitted(value: unknown): boolean {
  return value === undefined || value === null || value === "" || Number.isNaN(value);
}

/**
 * The input as the schema's output; keys that the schema does not have are ignored, or with
 * `strict` an error, since a setting that is spelt wrong would be lost in silence. Every known key is read exactly once, so that a getter cannot
 * give one value to the check and another to the work.
 */
export function parse<Built extends Schema>(
  lazySchema: () => Built,
  input: unknown,
  what: string,
  { strict = false }: { strict?: boolean } = {},
): z.output<Built> {
  const schema = lazySchema();
  if (input !== undefined && input !== null && typeof input !== "object") {
    throw new CanvasError("INVALID", `${what}: expected an object, got ${show(input)}`);
  }
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    try {
      const value = (input as Record<string, unknown> | null | undefined)?.[key];
      // Throws for a revoked proxy, which no check could look at.
      if (typeof value === "object" && value !== null) Reflect.getPrototypeOf(value);
      values[key] = value;
    } catch (cause) {
      throw unreadable(key, cause);
    }
  }
  const stranger = strict && Object.keys(input ?? {}).find((key) => !(key in schema.shape));
  if (stranger) {
    const known = Object.keys(schema.shape).join(", ");
    throw new CanvasError("INVALID", `${show(stranger)}: not one of the settings (${known})`);
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const option = issue?.path.map(String).join(".");
  throw new CanvasError("INVALID", `${option}: ${issue?.message}`);
}

function unreadable(key: string, cause: unknown): CanvasError {
  const expected = "expected a value that can be read, got one that throws";
  return new CanvasError("INVALID", `${key}: ${expected}`, { cause });
}
