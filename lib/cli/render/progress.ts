// Shows progress: a bar on a terminal, elsewhere a line every 5 seconds.

/** The progress of a run, as it is shown. */
export interface Progress {
  update(done: number, failed: number): void;
  /** Prints a line above the bar. */
  say(line: string): void;
  stop(): void;
}

/** Milliseconds between two lines without a terminal. */
const INTERVAL = 5_000;

/** Where progress is shown: standard error, since pictures may go to standard output. */
export interface Screen {
  isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export async function startProgress(
  total: number,
  say: (line: string) => void,
  screen: Screen = process.stderr,
): Promise<Progress> {
  if (screen.isTTY && total > 1) return startBar(total, say, screen as NodeJS.WritableStream);
  let last = Date.now();
  return {
    update(done, failed) {
      if (Date.now() - last < INTERVAL) return;
      last = Date.now();
      say(`${done} of ${total}${failed > 0 ? `, ${failed} failed` : ""}`);
    },
    say,
    stop() {},
  };
}

async function startBar(
  total: number,
  say: (line: string) => void,
  stream: NodeJS.WritableStream,
): Promise<Progress> {
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    format: "{bar} {value} of {total}, {failed} failed, {eta_formatted} left",
  });
  bar.start(total, 0, { failed: 0 });
  return {
    update: (done, failed) => bar.update(done, { failed }),
    say(line) {
      // Clears the bar, which is drawn again below the line.
      stream.write("\r\x1b[K");
      say(line);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}
