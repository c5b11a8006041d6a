// What a command is, and how one says that it was called wrongly.
import { CanvasError } from "../errors.ts";

/** A command behind `wx-canvas-node`. */
export interface Command {
  help: string;
  /** Runs it; gives the exit code. Results go to `print`, what a person watches to `printError`. */
  run(
    args: string[],
    print: (line: string) => void,
    printError: (line: string) => void,
  ): Promise<number>;
}

/** A command line that is none: it ends with the exit code 2. */
export function usageError(reason: string): CanvasError {
  return new CanvasError("USAGE", reason);
}
