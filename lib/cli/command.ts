// The interface of a command, and its error for wrong arguments.
import { CanvasError } from "../errors.ts";

/** A command behind `wx-canvas-node`. */
export interface Command {
  help: string;
  /**
   * Runs it; returns the exit code. Results go to `print`, progress and messages to `printError`.
   */
  run(
    args: string[],
    print: (line: string) => void,
    printError: (line: string) => void,
  ): Promise<number>;
}

/** The error for a wrong command line: the process ends with the exit code 2. */
export function usageError(reason: string): CanvasError {
  return new CanvasError("USAGE", reason);
}
