// npx wx-canvas-node pictures: reports picture tests, and accepts or prunes their pictures.
import { parseArgs } from "node:util";
import { acceptPictures } from "../testing/accept.ts";
import { shown } from "../testing/failure.ts";
import { prunePictures } from "../testing/prune.ts";
import { reportPictures } from "../testing/report/report.ts";
import type { Command } from "./command.ts";
import { usageError } from "./command.ts";

const HELP = `Usage: wx-canvas-node pictures <command>

  report            writes the report of the last run; exits with 1 when a picture failed
    --out <file>      the page, its data goes beside it; default .pictures/report.html
  accept [pattern]  makes received pictures baselines; the pattern is a part of
                    <test file>/<name>, where * stands for anything
  prune [test ...]  lists baselines that no test of the last run asked for, and all of
                    the test files named
    --write           deletes them

  --folder <path>   what a run finds; default .pictures beside package.json
`;

const FOLDER = { folder: { type: "string" } } as const;

export const pictures: Command = {
  help: HELP,
  async run([name, ...args], print) {
    switch (name) {
      case "report":
        return report(args, print);
      case "accept":
        return accept(args, print);
      case "prune":
        return prune(args, print);
      default:
        throw usageError(name === undefined ? "a command is missing" : `no command "${name}"`);
    }
  },
};

type Print = (line: string) => void;

async function report(args: string[], print: Print): Promise<number> {
  const { values } = parseArgs({ args, options: { ...FOLDER, out: { type: "string" } } });
  const { failed, all, html, report } = await reportPictures(values);
  for (const { test, name, status, message = "" } of report.failures) {
    print(`${status}: ${test}/${name}`);
    print(`  ${message.split("\n")[0]}`);
  }
  print(failed === 0 ? `All ${all} pictures match.` : `${failed} of ${all} pictures failed.`);
  print(shown(html));
  return failed === 0 ? 0 : 1;
}

function accept(args: string[], print: Print): number {
  const { values, positionals } = parseArgs({ args, options: FOLDER, allowPositionals: true });
  const [pattern, ...more] = positionals;
  if (more.length > 0) throw usageError("one pattern is enough");
  const accepted = acceptPictures({ ...values, pattern });
  for (const path of accepted) print(shown(path));
  print(`${accepted.length} accepted.`);
  return accepted.length === 0 && pattern !== undefined ? 1 : 0;
}

function prune(args: string[], print: Print): number {
  const options = { ...FOLDER, write: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { obsolete, skipped } = prunePictures({ ...values, files: positionals });
  for (const path of obsolete) print(shown(path));
  for (const test of skipped) print(`${test}: has skipped tests, its baselines stay`);
  const done = values.write ? "deleted" : "obsolete";
  print(`${obsolete.length} ${done}.`);
  if (obsolete.length > 0 && !values.write) print("`--write` deletes them.");
  return 0;
}
