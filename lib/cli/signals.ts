// The end of a command that runs until it is told to end.

/** Resolves at the first SIGINT or SIGTERM; until then they end nothing. */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
      resolve();
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
}
