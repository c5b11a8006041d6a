// Explains a failure for the preview: the message, the place, and the lines around it.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CanvasError } from "../../errors.ts";

/** A failure as it is shown above the last good picture. */
export interface Problem {
  code: string;
  message: string;
  stack?: string;
  file?: string;
  line?: number;
  /** Lines of the file around the place, whose line is marked. */
  frame?: string;
}

/** Explains a failure; `module` is the URL of the module that could not be loaded, if any. */
export async function explainProblem(error: CanvasError, module?: string): Promise<Problem> {
  const { code, reason } = error;
  const own = (error.cause as Error | undefined)?.stack;
  const stack = code === "LOAD" && module ? await fatalText(module) : own;
  const place = placeIn(stack ?? "") ?? placeIn(own ?? "");
  const problem: Problem = { code, message: reason, ...(stack && { stack }) };
  return place ? { ...problem, ...place, ...frameOf(place) } : problem;
}

interface Place {
  file: string;
  line: number;
}

/** The first place in a stack that is in neither Node's own code nor a package. */
function placeIn(text: string): Place | undefined {
  for (const [, place = "", line] of text.matchAll(
    /(?<![^\s('"])((?:file:\/\/)?\/[^\s():]+):(\d+)/g,
  )) {
    if (place.includes("/node_modules/") || /\/wx-canvas-node\/dist\//.test(place)) continue;
    return { file: place.startsWith("file:") ? fileURLToPath(place) : place, line: Number(line) };
  }
  return undefined;
}

function frameOf({ file, line }: Place): { frame?: string } {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    const from = Math.max(0, line - 4);
    const shown = lines.slice(from, line + 3).map((text, i) => {
      const number = from + i + 1;
      return `${number === line ? ">" : " "} ${String(number).padStart(4)} | ${text}`;
    });
    return { frame: shown.join("\n") };
  } catch {
    return {};
  }
}

/**
 * Node's message for a module that does not parse. Node prints the place only when the syntax error
 * ends its process, so another process imports the module.
 */
function fatalText(url: string): Promise<string> {
  const script = `import(${JSON.stringify(url)})`;
  return new Promise((resolve) => {
    const flags = process.execArgv.filter((flag) =>
      /^--(?:import|loader|require|experimental)/.test(flag),
    );
    execFile(process.execPath, [...flags, "-e", script], { timeout: 5_000 }, (_, _out, text) => {
      resolve(text.trim());
    });
  });
}
