// Explains a failure for the preview: the message, the place, and the lines around it.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { placeOf } from "../../canvas/record/site.ts";
import { type CanvasError, withHint } from "../../errors.ts";
import { isInside } from "./inside.ts";

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

/**
 * Explains a failure, with lines of files of the project alone; `module` is the URL of the module
 * that could not be loaded, if any.
 */
export async function explainProblem(
  error: CanvasError,
  project: string,
  module?: string,
): Promise<Problem> {
  const { code } = error;
  const own = (error.cause as Error | undefined)?.stack;
  const stack = code === "LOAD" && module ? await fatalText(module) : own;
  // A parser's error has a stack of its own, and the place in its message.
  const place = placeIn(stack ?? "") ?? placeIn(own ?? "") ?? placeIn(error.reason);
  const problem: Problem = {
    code,
    message: withHint(error.reason, error),
    ...(stack && { stack }),
  };
  if (!place) return problem;
  return { ...problem, ...place, ...(isInside(project, place.file) && frameOf(place)) };
}

interface Place {
  file: string;
  line: number;
}

/** The first place in a stack that is in neither Node's own code nor a package. */
function placeIn(text: string): Place | undefined {
  for (const place of text.split("\n").flatMap(placesIn)) {
    const end = place.search(/:\d{1,9}(?::\d{1,9})?$/);
    const file = place.slice(0, end);
    if (/^node:|[\\/]node_modules[\\/]|[\\/]wx-canvas-node[\\/]dist[\\/]/.test(file)) continue;
    return {
      file: file.startsWith("file:") ? fileURLToPath(file) : file,
      line: Number.parseInt(place.slice(end + 1), 10),
    };
  }
  return undefined;
}

/** That of a call; or those that a message names, such as that of a compiler. */
function placesIn(line: string): string[] {
  const call = placeOf(line);
  if (call.length > 0) return call;
  const named = line.matchAll(/(?<![^\s('"])(?:file:\/\/)?\/[^\s():]{1,1000}:\d{1,9}/g);
  return [...named].map(([place]) => place);
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
