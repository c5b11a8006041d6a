// The channel between a page and the page that opened it.

/** https://developers.weixin.qq.com/miniprogram/dev/api/route/EventChannel.html */
export interface EventChannel {
  on(name: string, listener: Listener): void;
  once(name: string, listener: Listener): void;
  /** Removes that listener, or without one all of the event. */
  off(name: string, listener?: Listener): void;
  emit(name: string, ...args: unknown[]): void;
}

type Listener = (...args: unknown[]) => void;

export function createEventChannel(): EventChannel {
  const all = new Map<string, Map<Listener, boolean>>();
  const add = (isOnce: boolean) => (name: string, listener: Listener) => {
    all.set(name, (all.get(name) ?? new Map()).set(listener, isOnce));
  };
  return {
    on: add(false),
    once: add(true),
    off(name, listener) {
      if (listener) all.get(name)?.delete(listener);
      else all.delete(name);
    },
    emit(name, ...args) {
      const listeners = all.get(name) ?? new Map();
      for (const [listener, isOnce] of [...listeners]) {
        if (isOnce) listeners.delete(listener);
        listener(...args);
      }
    },
  };
}
