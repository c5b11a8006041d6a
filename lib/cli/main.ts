#!/usr/bin/env node
// The executable of the command wx-canvas-node.
import { runCommand } from "./commands.ts";

runCommand(process.argv.slice(2), {
  print: console.log,
  printError: console.error,
}).then((code) => {
  process.exitCode = code;
});
