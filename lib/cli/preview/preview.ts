// npx wx-canvas-node preview: shows posters and pages while they are written.
import { spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { RenderMessage } from "../../posters/index.ts";
import { type Command, usageError } from "../command.ts";
import { MAX_PORT, MAX_TIMEOUT, wholeNumber } from "../numbers.ts";
import { askedToEnd } from "../signals.ts";
import { createDrawings, type Drawings } from "./drawings.ts";
import { startServer } from "./server.ts";
import { projectOf } from "./subjects.ts";
import { watchProject } from "./watch.ts";

/** The channel whose messages list the files that a job has used. */
const RENDERS = "wx-canvas-node:render";

const HELP = `Usage: wx-canvas-node preview [folder or file] [options]

  [folder or file]      modules of posters, one of them, or a mini-program's project; default
                        posters

  --port <number>       default: one that is free
  --open                opens the page in the browser
  --host <address>      default 127.0.0.1; for others the link that is printed has a token
  --timeout <ms>        for a picture; default 5000
  --once                draws all cases, and ends; exits with 1 when one fails; pages of a
                        project that have no canvas are left out
  --strict              with --once: when one has a warning, too

Cases are what a poster's module exports as \`cases\`, and <poster>.cases.json beside it.
`;

export const preview: Command = {
  help: HELP,
  async run(args, print, printError) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        port: { type: "string", default: "0" },
        host: { type: "string", default: "127.0.0.1" },
        open: { type: "boolean", default: false },
        timeout: { type: "string", default: "5000" },
        once: { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const [given = "posters", ...more] = positionals;
    if (more.length > 0) throw usageError(`one folder is enough, got ${positionals.join(" ")}`);
    // For the processes that draw: errors and calls then have places in the original sources.
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`.trim();
    const port = wholeNumber("port", values.port, { least: 0, most: MAX_PORT }) as number;
    const timeout = wholeNumber("timeout", values.timeout, { most: MAX_TIMEOUT }) as number;
    if (values.strict && !values.once) throw usageError("--strict goes with --once");
    const drawings = createDrawings(given, {
      processes: Math.min(3, availableParallelism()),
      timeout,
      isWatching: !values.once,
    });
    try {
      if (values.once) return await drawAll(drawings, values.strict, print, printError);
      const server = await startServer(drawings, { port, host: values.host });
      const changed = () => {
        drawings.refresh();
        server.changed();
      };
      const watcher = await watchProject(projectOf(given), changed, printError);
      const onRender = (message: unknown) => watcher.add((message as RenderMessage).files ?? []);
      subscribe(RENDERS, onRender);
      const asked = askedToEnd();
      print(server.url);
      if (values.open) openBrowser(server.url);
      await asked;
      unsubscribe(RENDERS, onRender);
      await watcher.close();
      server.close();
      return 0;
    } finally {
      await drawings.close();
    }
  },
};

async function drawAll(
  drawings: Drawings,
  isStrict: boolean,
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number> {
  let failed = 0;
  const names = drawings.list();
  for (const name of names) {
    const { cases, problem } = await drawings.describe(name);
    const all = Object.keys(cases).length > 0 ? Object.entries(cases) : [["", {}] as const];
    for (const [testCase, data] of problem ? [] : all) {
      const drawn = await drawings.draw(name, data, {});
      const title = testCase ? `${name}, ${testCase}` : name;
      // Most pages of a project have none.
      if (drawn.problem?.code === "NO_CANVAS" && names.length > 1) {
        print(`${title}: no canvas`);
        continue;
      }
      const { warnings = [] } = drawn;
      if (drawn.problem || (isStrict && warnings.length > 0)) failed++;
      if (drawn.problem) printError(`${title}: ${drawn.problem.code}: ${drawn.problem.message}`);
      else print(`${title}: ${drawn.width} × ${drawn.height}, ${Math.round(drawn.time)} ms`);
      for (const { message } of warnings) printError(`${title}: ${message}`);
    }
    if (!problem) continue;
    failed++;
    printError(`${name}: ${problem.code}: ${problem.message}`);
  }
  return failed > 0 ? 1 : 0;
}

function openBrowser(url: string): void {
  const [command, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[
    process.platform as "darwin"
  ] ?? ["xdg-open"];
  spawn(command as string, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
