// Runs a command by its name: prints its output and returns its exit code.
import { toCanvasError, withHint } from "../errors.ts";
import type { Command } from "./command.ts";

/** Each command is loaded when it is called. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  preview: async () => (await import("./preview/preview.ts")).preview,
  render: async () => (await import("./render/render.ts")).render,
  serve: async () => (await import("./serve.ts")).serve,
  pictures: async () => (await import("./pictures.ts")).pictures,
};

const HELP = `Usage: wx-canvas-node <command>

  preview   posters and pages as they look, while they are written
  render    posters from data: one, or thousands
  serve     posters over HTTP
  pictures  the report of picture tests; accepts, and deletes, baselines

\`wx-canvas-node <command> --help\` says more.
`;

/** Where a call prints to. */
export interface Output {
  print(line: string): void;
  printError(line: string): void;
}

/** Runs the command line; returns the exit code: 0, 1 for a failure, 2 for wrong arguments. */
export async function runCommand(args: readonly string[], output: Output): Promise<number> {
  const [name = "--help", ...rest] = args;
  if (name === "--help" || name === "-h") {
    output.print(HELP);
    return args.length === 0 ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    output.printError(`no command "${name}"\n\n${HELP}`);
    return 2;
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    output.print(command.help);
    return 0;
  }
  try {
    return await command.run(rest, output.print, output.printError);
  } catch (error) {
    return explain(error, command, output);
  }
}

function explain(error: unknown, { help }: Command, { printError }: Output): number {
  const failure = toCanvasError(error);
  const { code } = Object(error) as { code?: unknown };
  const isUsage = failure.code === "USAGE" || String(code).startsWith("ERR_PARSE_ARGS");
  const message = withHint(failure.reason, failure);
  printError(isUsage ? `${message}\n\n${help}` : message);
  return isUsage ? 2 : 1;
}
