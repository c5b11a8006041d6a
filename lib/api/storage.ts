// wx's key–value storage: in memory, one per host, with the limits of a phone.
import { isDate } from "node:util/types";
import * as z from "zod/mini";
import { CanvasError, withApiNameSync } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { lazily } from "../late.ts";
import { checked } from "../option-parts.ts";
import { withOptions } from "../validate.ts";
import { type WxFunction, wxFunction } from "./async-function.ts";

/** What is stored. */
export interface StorageInfo {
  keys: string[];
  /** In KB. */
  currentSize: number;
  /** In KB: 10240. */
  limitSize: number;
}

/** The storage part of `wx`; what is stored lives as long as its host. */
export interface StorageApi {
  /** Stores a copy: at most 1 MB a key and 10 MB in all, else `TOO_LARGE`. */
  setStorage: WxFunction<{ key: string; data: unknown }>;
  setStorageSync(key: string, data: unknown): void;
  /** A copy of what is stored under the key; fails with `"getStorage:fail data not found"`. */
  // biome-ignore lint/suspicious/noExplicitAny: it holds what the caller put there, as in WeChat
  getStorage: WxFunction<{ key: string }, { data: any }>;
  /** A copy of what is stored under the key, or `""`. */
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

const isKey = (value: unknown) => typeof value === "string" && value !== "";
const keyOptions = lazily(() => z.object({ key: checked<string>(isKey, "a string") }));
const entryOptions = lazily(() => z.extend(keyOptions(), { data: z.unknown() }));

export function storage(host: HostContext): StorageApi {
  const stored = new Map<string, Stored>();
  /** Bytes of all keys and values. */
  let total = 0;

  const sizeOf = (key: string) => {
    const entry = stored.get(key);
    return entry ? Buffer.byteLength(key) + entry.size : 0;
  };

  const set = withOptions(entryOptions, ({ key, data }) => {
    const entry = serialize(data);
    if (entry.size > MAX_ENTRY) throw tooLarge("data", "1 MB a key");
    const after = total - sizeOf(key) + Buffer.byteLength(key) + entry.size;
    if (after > MAX_TOTAL) throw tooLarge("storage", "10 MB in all");
    stored.set(key, entry);
    total = after;
  });

  const remove = withOptions(keyOptions, ({ key }) => {
    total -= sizeOf(key);
    stored.delete(key);
  });

  function clear(): void {
    stored.clear();
    total = 0;
  }

  const get = withOptions(keyOptions, ({ key }): { data: unknown } | undefined => {
    const entry = stored.get(key);
    return entry && { data: entry.revive() };
  });

  const info = (): StorageInfo => ({
    keys: [...stored.keys()],
    currentSize: Math.ceil(total / 1024),
    limitSize: MAX_TOTAL / 1024,
  });
  const done = (run: (options: unknown) => void) => (options: unknown) => {
    run(options);
    return {};
  };
  /** Makes a synchronous function. */
  const now =
    <Args extends unknown[], Result>(api: string, run: (...args: Args) => Result) =>
    (...args: Args): Result =>
      withApiNameSync(api, () => {
        host.assertAlive();
        return run(...args);
      });

  return {
    setStorage: wxFunction(host, "setStorage", done(set)),
    setStorageSync: now("setStorageSync", (key: string, data: unknown) => set({ key, data })),
    getStorage: wxFunction(host, "getStorage", (options) => {
      const found = get(options);
      if (!found) throw new CanvasError("NOT_FOUND", "data not found", { isExpected: true });
      return found;
    }),
    getStorageSync: now("getStorageSync", (key: string) => (get({ key }) ?? { data: "" }).data),
    removeStorage: wxFunction(host, "removeStorage", done(remove)),
    removeStorageSync: now("removeStorageSync", (key: string) => remove({ key })),
    clearStorage: wxFunction(host, "clearStorage", done(clear)),
    clearStorageSync: now("clearStorageSync", clear),
    getStorageInfo: wxFunction(host, "getStorageInfo", info),
    getStorageInfoSync: now("getStorageInfoSync", info),
  };
}

interface Stored {
  size: number;
  /** Makes a new copy for each call: changes to a copy do not change what is stored. */
  revive(): unknown;
}

/** Keeps primitive values, dates and what JSON can represent; the rest is lost, as on a phone. */
function serialize(data: unknown): Stored {
  if (isDate(data)) {
    const time = data.getTime();
    return { size: 8, revive: () => new Date(time) };
  }
  if (typeof data === "function") return { size: 8, revive: () => undefined };
  if (typeof data !== "object" || data === null) {
    return { size: primitiveSize(data), revive: () => data };
  }
  let json: string;
  try {
    json = JSON.stringify(data);
  } catch (cause) {
    throw new CanvasError("INVALID", "data: expected a value that JSON can represent", { cause });
  }
  return { size: Buffer.byteLength(json ?? ""), revive: () => json && JSON.parse(json) };
}

/** In bytes. Two hexadecimal digits of a bigint count as one byte. */
function primitiveSize(value: unknown): number {
  if (typeof value === "bigint") return Math.ceil(value.toString(16).length / 2);
  return typeof value === "string" || typeof value === "symbol"
    ? Buffer.byteLength(String(value))
    : 8;
}

function tooLarge(what: string, limit: string): CanvasError {
  return new CanvasError("TOO_LARGE", `${what}: exceeds the storage limit of ${limit}`);
}
