// wx's key–value storage: in memory, one per host, with the limits of a phone.
import { CanvasError, invalid, withApiNameSync } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { type RawOptions, stringOption, type WxFunction, wxFunction } from "./async-function.ts";

/** What is stored, in KB. */
export interface StorageInfo {
  keys: string[];
  currentSize: number;
  limitSize: number;
}

/** The storage part of `wx`; what is stored lives as long as its host. */
export interface StorageApi {
  setStorage: WxFunction<{ key: string; data: unknown }>;
  setStorageSync(key: string, data: unknown): void;
  // biome-ignore lint/suspicious/noExplicitAny: it holds what the caller put there, as in WeChat
  getStorage: WxFunction<{ key: string }, { data: any }>;
  /** What is stored under the key, or `""`. */
  // biome-ignore lint/suspicious/noExplicitAny: it holds what the caller put there, as in WeChat
  getStorageSync(key: string): any;
  removeStorage: WxFunction<{ key: string }>;
  removeStorageSync(key: string): void;
  clearStorage: WxFunction<object>;
  clearStorageSync(): void;
  getStorageInfo: WxFunction<object, StorageInfo>;
  getStorageInfoSync(): StorageInfo;
}

// https://developers.weixin.qq.com/miniprogram/dev/api/storage/wx.setStorage.html
const MAX_ENTRY = 1024 * 1024;
const MAX_TOTAL = 10 * 1024 * 1024;

export function storage(host: HostContext): StorageApi {
  const stored = new Map<string, Stored>();

  function total(): number {
    let sum = 0;
    for (const [key, { size }] of stored) sum += key.length + size;
    return sum;
  }

  function set(key: unknown, data: unknown): void {
    const name = asKey(key);
    const entry = serialize(data);
    if (entry.size > MAX_ENTRY) throw tooLarge("data", "1 MB a key");
    const before = stored.get(name);
    const rest = total() - (before ? name.length + before.size : 0);
    if (rest + name.length + entry.size > MAX_TOTAL) throw tooLarge("storage", "10 MB in all");
    stored.set(name, entry);
  }

  function get(key: unknown): { data: unknown } | undefined {
    const entry = stored.get(asKey(key));
    return entry && { data: entry.revive() };
  }

  const info = (): StorageInfo => ({
    keys: [...stored.keys()],
    currentSize: Math.ceil(total() / 1024),
    limitSize: MAX_TOTAL / 1024,
  });
  const done = (run: (options: RawOptions) => void) => (options: RawOptions) => {
    run(options);
    return {};
  };
  const asks = <Options extends object, Result extends object>(
    api: string,
    work: (options: RawOptions) => Result,
  ): WxFunction<Options, Result> => wxFunction(host, api, work);

  return {
    setStorage: asks(
      "setStorage",
      done(({ key, data }) => set(key, data)),
    ),
    setStorageSync: (key, data) => withApiNameSync("setStorageSync", () => set(key, data)),
    getStorage: asks("getStorage", (options) => {
      const found = get(stringOption(options, "key"));
      if (!found) throw new CanvasError("NOT_FOUND", "data not found");
      return found;
    }),
    getStorageSync: (key) =>
      withApiNameSync("getStorageSync", () => (get(key) ?? { data: "" }).data),
    removeStorage: asks(
      "removeStorage",
      done(({ key }) => stored.delete(asKey(key))),
    ),
    removeStorageSync: (key) =>
      withApiNameSync("removeStorageSync", () => void stored.delete(asKey(key))),
    clearStorage: asks(
      "clearStorage",
      done(() => stored.clear()),
    ),
    clearStorageSync: () => stored.clear(),
    getStorageInfo: asks("getStorageInfo", info),
    getStorageInfoSync: info,
  };
}

interface Stored {
  size: number;
  /** A copy of its own for everyone who asks: what they change is not what is stored. */
  revive(): unknown;
}

/** Native values, dates and what JSON can say; the rest is lost, as on a phone. */
function serialize(data: unknown): Stored {
  if (data instanceof Date) {
    const time = data.getTime();
    return { size: 8, revive: () => new Date(time) };
  }
  if (typeof data !== "object" || data === null) {
    const isText = typeof data === "string";
    const size = isText ? Buffer.byteLength(data) : 8;
    return { size, revive: () => (typeof data === "function" ? undefined : data) };
  }
  let json: string;
  try {
    json = JSON.stringify(data);
  } catch (cause) {
    throw new CanvasError("INVALID", "data: expected a value that JSON can say", { cause });
  }
  return { size: Buffer.byteLength(json ?? ""), revive: () => json && JSON.parse(json) };
}

function asKey(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalid("key", "a string", value);
}

function tooLarge(what: string, limit: string): CanvasError {
  return new CanvasError("TOO_LARGE", `${what}: exceeds the storage limit of ${limit}`);
}
