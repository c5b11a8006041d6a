// Checks a poster's data with any schema library that follows Standard Schema.
import { CanvasError } from "../errors.ts";
import { shortened } from "./shortened.ts";

/** A schema of zod, valibot, arktype or another library (https://standardschema.dev, version 1). */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema returns for a value: the parsed value, or issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One error of a value, and its path, as Standard Schema defines it. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** One error of a poster's data. */
export interface DataIssue {
  /** Where, such as `"members.0.name"`; empty for the data as a whole. */
  path: string;
  message: string;
}

/** Whether the value is a schema. */
export function isSchema(value: unknown): value is StandardSchema {
  return typeof (value as StandardSchema | null)?.["~standard"]?.validate === "function";
}

/**
 * The data as the schema returns it; fails with `DATA` and the first 100 issues. Without a schema,
 * `null`, which clients send for no data, becomes `{}`, because a poster's code reads properties of
 * its data.
 */
export async function validate<Data>(
  schema: StandardSchema<unknown, Data> | undefined,
  data: unknown,
): Promise<Data> {
  if (!schema) return (data ?? {}) as Data;
  const result = await schema["~standard"].validate(data);
  if (!result.issues) return result.value;
  const issues = result.issues.slice(0, MAX_ISSUES).map(asIssue);
  const reasons = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  throw Object.assign(new CanvasError("DATA", `data: ${reasons.join("; ")}`), { issues });
}

/** A body of 100 KiB can have 50,000, and a key of any length in each. */
const MAX_ISSUES = 100;
const MAX_PATH = 200;
const MAX_MESSAGE = 500;

function asIssue({ path = [], message }: StandardIssue): DataIssue {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return {
    path: shortened(keys.join("."), MAX_PATH),
    message: shortened(String(message), MAX_MESSAGE),
  };
}
