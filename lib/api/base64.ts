// wx's functions that convert bytes to base64 text and back.
import { invalid, withApiNameSync } from "../errors.ts";

/** The base64 part of `wx`. */
export interface Base64Api {
  /** Bytes as base64 text. */
  arrayBufferToBase64(arrayBuffer: ArrayBuffer | ArrayBufferView): string;
  /** The bytes of base64 text. */
  base64ToArrayBuffer(base64: string): ArrayBuffer;
}

export function base64(): Base64Api {
  return {
    arrayBufferToBase64: (bytes) =>
      withApiNameSync("arrayBufferToBase64", () =>
        asBytes("arrayBuffer", bytes).toString("base64"),
      ),
    base64ToArrayBuffer: (base64) =>
      withApiNameSync("base64ToArrayBuffer", () => {
        if (typeof base64 !== "string") throw invalid("base64", "a string", base64);
        return toArrayBuffer(Buffer.from(base64, "base64"));
      }),
  };
}

/** Whether the value is an ArrayBuffer or a view on one. */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  // By name, not by instanceof: the realm of a test runner has its own ArrayBuffer class.
  return (
    ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]"
  );
}

/** The bytes of an ArrayBuffer or of a view on one, without a copy. */
export function asBytes(option: string, value: unknown, expected = "an ArrayBuffer"): Buffer {
  if (!isBytes(value)) throw invalid(option, expected, value);
  return bytesFrom(value);
}

/** The same for a checked value. */
export function bytesFrom(value: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
}

/** A new ArrayBuffer of exactly these bytes: that of a Node Buffer may be larger, and shared. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
