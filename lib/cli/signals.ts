// Waits for the signal that ends a long-running command.

/** Resolves at the first SIGINT or SIGTERM, which then does not end the process by itself. */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
      resolve();
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
}
