// The entry of a renderer's child process: `node child.js PID-OF-THE-RENDERER ENCODER-THREADS`.
import { toCanvasError } from "../../errors.ts";
import { setConcurrency } from "../../index.ts";
import { packError } from "../messages.ts";
import { answerJobs, type Channel } from "./jobs.ts";
import { watchParent } from "./watchdog.ts";

// Ignored: a terminal and a service manager signal all processes, but jobs should still finish. The
// renderer ends this process.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());
process.on("uncaughtException", (error) => {
  const failed = packError(toCanvasError(error, "CRASHED"));
  process.send?.({ failed }, () => process.exit(1));
});
watchParent(Number(process.argv[2]));
setConcurrency({ encoderThreads: Number(process.argv[3]) });
answerJobs(process as Channel);
