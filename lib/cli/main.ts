#!/usr/bin/env node
// The command wx-canvas-node.
import { runCommand } from "./commands.ts";

runCommand(process.argv.slice(2), {
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
}).then((code) => {
  process.exitCode = code;
});
