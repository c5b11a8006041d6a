// Reads options and settings by schemas that are built at first use, with one form of errors.
import * as z from "zod/mini";
import { CanvasError, invalid, show } from "./errors.ts";

// Schemas are made with `import * as z from "zod/mini"`: the build keeps only what is used of it.
// All of zod takes longer to load than the engine.
type Schema = z.ZodMiniObject;

/** The parts of a schema for these options: one for each, so that none is forgotten. */
export type SchemaOf<Options> = { [Name in keyof Required<Options>]: z.ZodMiniType };

/** The schema of a value that is first changed, as by {@link numberLike}. */
export function preprocessed<Inner extends z.core.$ZodType>(
  change: (value: unknown) => unknown,
  schema: Inner,
): z.ZodMiniPipe<z.ZodMiniTransform, Inner> {
  return z.pipe(z.transform(change), schema);
}

/** Decimal numbers as people write them; "Infinity", "0x10" and "12px" are not among them. */
const NUMBER_LIKE = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
/** Most characters of a number as text; a number keeps only 17 digits. */
const NUMBER_MAX_LENGTH = 400;

/** zod's message for a wrong value: what was expected, and what came. */
export const expecting =
  (expected: string) =>
  (issue: { input?: unknown }): string =>
    `expected ${expected}, got ${show(issue.input)}`;

/** A number-like string as its number; everything else as it is. */
export function numberLike(value: unknown): unknown {
  if (typeof value !== "string" || value.length > NUMBER_MAX_LENGTH) return value;
  return NUMBER_LIKE.test(value.trim()) ? Number(value) : value;
}

/** undefined, null, '' and NaN count as omitted in WeChat's numeric options. */
export function omitted(value: unknown): boolean {
  return value === undefined || value === null || value === "" || Number.isNaN(value);
}

/**
 * Reads the input by the schema. Keys that the schema does not have are ignored; with `strict`,
 * which is the word for the keys, they are an error, since a misspelt setting would be lost in
 * silence. No input counts as an empty object, unless it is required. Every known key is read
 * exactly once, so that a getter cannot give one value to the check and another to the work.
 */
export function parse<Built extends Schema>(
  lazySchema: () => Built,
  input: unknown,
  { strict, required = false }: { strict?: "settings" | "options"; required?: boolean } = {},
): z.output<Built> {
  if (required && (input === undefined || input === null)) {
    throw invalid("options", "an object", input);
  }
  return unextended(() => parsed(lazySchema(), input, strict));
}

/** Reads the value of an option; throws INVALID with the option's name if it cannot be used. */
export type Reader<Value> = (value: unknown, option: string) => Value;

type Readers<Options> = { [Name in keyof Options]-?: Reader<Options[Name]> };
type ReadShape<Options> = { [Name in keyof Options]-?: z.ZodMiniTransform<Options[Name]> };

/** The schema of options that a function each reads: one step of zod for each option. */
export function readBy<Options extends object>(
  readers: Readers<Options>,
): z.ZodMiniObject<ReadShape<Options>> {
  const shape = Object.entries<Reader<unknown>>(readers).map(([option, read]) => [
    option,
    z.transform((value: unknown) => read(value, option)),
  ]);
  return z.object(Object.fromEntries(shape) as ReadShape<Options>);
}

/** Makes a function of unchecked options from one whose options the schema reads. */
export function withOptions<Built extends Schema, Result>(
  lazySchema: () => Built,
  work: (options: z.output<Built>) => Result,
): (options: unknown) => Result {
  return (options) => work(parse(lazySchema, options));
}

/** Fails with INVALID unless the value can have options: an object, null or undefined. */
export function assertOptions(input: unknown): void {
  if (input !== undefined && input !== null && typeof input !== "object") {
    throw invalid("options", "an object", input);
  }
}

const STANDARD: ReadonlySet<PropertyKey> = new Set([
  "constructor",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "toString",
  "valueOf",
  "__proto__",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
]);

/**
 * Runs while Object.prototype has only its standard properties. Client libraries add functions and
 * getters to it, which zod would take for its own, or could not set.
 */
function unextended<Result>(run: () => Result): Result {
  const names = Reflect.ownKeys(Object.prototype).filter((name) => !STANDARD.has(name));
  const extensions = names.map(
    (name) => [name, Reflect.getOwnPropertyDescriptor(Object.prototype, name)] as const,
  );
  for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  try {
    return run();
  } finally {
    for (const [name, descriptor] of extensions) {
      Reflect.defineProperty(Object.prototype, name, descriptor as PropertyDescriptor);
    }
  }
}

function parsed<Built extends Schema>(
  schema: Built,
  input: unknown,
  strict: string | undefined,
): z.output<Built> {
  assertOptions(input);
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    try {
      const value = (input as Record<string, unknown> | null | undefined)?.[key];
      // Throws for a revoked proxy, which no check could read.
      if (typeof value === "object" && value !== null) Reflect.getPrototypeOf(value);
      values[key] = value;
    } catch (cause) {
      throw unreadable(key, cause);
    }
  }
  const unknown = strict && Object.keys(input ?? {}).find((key) => !(key in schema.shape));
  if (unknown) {
    const known = Object.keys(schema.shape).join(", ");
    throw new CanvasError("INVALID", `${show(unknown)}: not one of the ${strict} (${known})`);
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
