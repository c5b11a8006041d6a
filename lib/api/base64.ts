// Bytes as base64 text and back, as wx has them.
import { invalid, withApiNameSync } from "../errors.ts";

/** The base64 part of `wx`. */
export interface Base64Api {
  /** Bytes as base64 text. */
  arrayBufferToBase64(arrayBuffer: ArrayBuffer | ArrayBufferView): string;
  /** The bytes that base64 text stands for. */
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

/** The bytes of an ArrayBuffer or of a view on one, not copied. */
export function asBytes(option: string, value: unknown, expected = "an ArrayBuffer"): Buffer {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  // By name, not instanceof: a test runner's realm has an ArrayBuffer of its own.
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") {
    return Buffer.from(value as ArrayBuffer);
  }
  throw invalid(option, expected, value);
}

/** A buffer of exactly these bytes: Node's own may be a part of a larger, shared one. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
