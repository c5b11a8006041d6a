// The entry of a renderer's child process: `node child.js PID-OF-THE-RENDERER ENCODER-THREADS`.
import { takeCoverage } from "node:v8";
import { toCanvasError } from "../../errors.ts";
import { setConcurrency } from "../../index.ts";
import { setBlocking } from "../../sources/file-system.ts";
import { packError } from "../messages.ts";
import { signalGroup } from "../process-group.ts";
import { answerJobs } from "./jobs.ts";
import { watchParent } from "./watchdog.ts";

// Ignored: a terminal and a service manager signal all processes, but jobs should still finish. The
// renderer ends this process.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => {
  // After what posters do at the end. What they have started ends, too, though the renderer, which
  // kills it otherwise, may be gone; and this process, before Node writes coverage by itself.
  process.on("exit", () => {
    if (process.env.NODE_V8_COVERAGE) takeCoverage();
    signalGroup(process.pid, "SIGKILL");
  });
  process.exit();
});
watchParent(Number(process.argv[2]));
setConcurrency({ encoderThreads: Number(process.argv[3]) });
setBlocking(true);

// Code that a poster loads may greet a parent that it takes for a process manager, as by
// `process.send("ready")`: only this file sends.
const send = (process.send as (...args: unknown[]) => unknown).bind(process);
delete process.send;
const isLate = answerJobs({ on: process.on.bind(process), send });
process.on("uncaughtException", (error) => {
  const failed = packError(toCanvasError(error, "CRASHED"));
  send({ failed, isLate: isLate() }, () => process.exit(1));
});
