// Reads the data of many pictures from JSON, JSON lines or CSV. A bad row is an error of that row
// alone.
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { buffer } from "node:stream/consumers";
import { CanvasError } from "../../errors.ts";
import { usageError } from "../command.ts";

/** A row: its number, counted from 1, and its data or its error. */
export interface Row {
  number: number;
  data?: unknown;
  error?: CanvasError;
}

/** Reads a file, or standard input for `-`. */
export async function readRows(
  file: string,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<Row[]> {
  const content = decode(file, file === "-" ? await buffer(stdin) : await read(file));
  const kind = file === "-" ? kindOf(content) : extname(file).toLowerCase();
  if (kind === ".json") return fromJson(content, file);
  if (kind === ".jsonl" || kind === ".ndjson") return fromLines(content);
  if (kind === ".csv") return fromCsv(content, file);
  throw usageError(`--data: expected .json, .jsonl, .csv or -, got ${file}`);
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw usageError(`--data: ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The text, without a byte order mark. Spreadsheets also save CSV in other encodings, as GBK. */
function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw usageError(`--data: ${file} is not UTF-8: save it so, as spreadsheets can`);
  }
}

/** The format of standard input: JSON if it is one value; one value a line, or else CSV. */
function kindOf(content: string): string {
  const text = content.trimStart();
  if (isJson(text)) return ".json";
  const [first = ""] = text.split("\n", 1);
  // A damaged line of JSON is an error of its row.
  return /^[{[]/.test(first) || isJson(first) ? ".jsonl" : ".csv";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function fromJson(content: string, file: string): Row[] {
  try {
    const value: unknown = JSON.parse(content);
    const list = Array.isArray(value) ? value : [value];
    return list.map((data, i) => ({ number: i + 1, data }));
  } catch (error) {
    throw usageError(`--data: ${file} is not JSON: ${(error as Error).message}`);
  }
}

function fromLines(content: string): Row[] {
  const lines = content.split(/\r?\n/);
  return lines.flatMap((line, i): Row[] => {
    const number = i + 1;
    if (line.trim() === "") return [];
    try {
      return [{ number, data: JSON.parse(line) }];
    } catch (error) {
      const reason = `it is not JSON: ${(error as Error).message}`;
      return [{ number, error: new CanvasError("DATA", reason) }];
    }
  });
}

/** Reads CSV: the first line names the columns; values are strings. */
async function fromCsv(content: string, file: string): Promise<Row[]> {
  const { parse } = await import("csv-parse/sync");
  const options = { columns: true, info: true, relax_column_count: true } as const;
  try {
    const records = parse(content, {
      ...options,
      skip_empty_lines: true,
      trim: true,
    }) as object[] as { record: Record<string, string>; info: { error?: Error } }[];
    return records.map(({ record, info }, i) => {
      const number = i + 1;
      if (!info.error) return { number, data: record };
      const reason = "it has another number of columns than the first line";
      return { number, error: new CanvasError("DATA", reason) };
    });
  } catch (error) {
    throw usageError(`--data: ${file} is not CSV: ${(error as Error).message}`);
  }
}
