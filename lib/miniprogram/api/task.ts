// The task that WeChat's network functions return at once. Its methods do nothing here.

const nothing = () => {};

/** Adds a task's methods to the answer of a call, which is a promise if there are no callbacks. */
export function asTask(answer: object | undefined): object {
  return Object.assign(answer ?? {}, {
    abort: nothing,
    onHeadersReceived: nothing,
    offHeadersReceived: nothing,
    onProgressUpdate: nothing,
    offProgressUpdate: nothing,
  });
}
