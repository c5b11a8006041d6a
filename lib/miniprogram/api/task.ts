// What WeChat's network functions return at once: a task. Nothing of it can be called back here.

const nothing = () => {};

/** The answer of a call, which without callbacks is a promise, as a task as well. */
export function asTask(answer: object | undefined): object {
  return Object.assign(answer ?? {}, {
    abort: nothing,
    onHeadersReceived: nothing,
    offHeadersReceived: nothing,
    onProgressUpdate: nothing,
    offProgressUpdate: nothing,
  });
}
