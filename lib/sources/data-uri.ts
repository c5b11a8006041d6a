// Tells data URIs, whose bytes are read here, from URLs of the network.
import { joinBytes } from "../bytes.ts";
import { CanvasError } from "../errors.ts";
import type { Procedure } from "../procedure.ts";

/** Whether the source is a URL of the network. The code that fetches is loaded only for those. */
export function isRemote(source: string): boolean {
  return /^\s*https?:/i.test(source);
}

export function isDataUri(source: string): boolean {
  return /^\s*data:/i.test(source);
}

/** The longest start of a data URI, up to its comma: real ones have 30 characters. */
const MAX_HEAD_LENGTH = 1000;
/** Characters decoded in one step: a millisecond or two. */
const STEP_LENGTH = 262_144;

/** The bytes of a data URI, at most `maxBytes`; its media type is ignored. */
export function* readDataUri(uri: string, maxBytes: number): Procedure<Buffer> {
  const comma = uri.slice(0, MAX_HEAD_LENGTH).indexOf(",");
  if (comma < 0) throw new CanvasError("SOURCE", "the data URI has no comma");
  // A byte takes at most three characters: a longer text is refused without decoding it.
  if (uri.length - comma > maxBytes * 3 + 3) throw tooLarge(maxBytes);
  const isBase64 = /;\s*base64\s*$/i.test(uri.slice(0, comma));
  const decode = isBase64 ? base64Decoder() : percentDecoded;
  const parts: Buffer[] = [];
  let length = 0;
  for (let at = comma + 1; at < uri.length; ) {
    // Also when a step gave no byte: white space may be all there is.
    if (at > comma + 1) yield;
    const end = stepEnd(uri, at);
    const part = decode(uri.slice(at, end), end === uri.length);
    length += part.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
    at = end;
  }
  return yield* joinBytes(parts);
}

/** Where a step ends that splits no escape and no character. */
function stepEnd(uri: string, from: number): number {
  const end = from + STEP_LENGTH;
  if (end >= uri.length) return uri.length;
  const percent = uri.slice(end - 2, end).indexOf("%");
  if (percent >= 0) return end - 2 + percent;
  return /[\ud800-\udbff]/.test(uri.charAt(end - 1)) ? end - 1 : end;
}

const PERCENT = 0x25;

function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  let to = bytes.indexOf(PERCENT);
  if (to < 0) return bytes;
  for (let from = to; from < bytes.length; from++) {
    const byte = bytes[from] as number;
    const value =
      byte === PERCENT ? hexValue(bytes[from + 1]) * 16 + hexValue(bytes[from + 2]) : NaN;
    if (value >= 0) from += 2;
    bytes[to++] = value >= 0 ? value : byte;
  }
  return bytes.subarray(0, to);
}

/** The value of a hexadecimal digit; NaN for any other byte. */
function hexValue(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/**
 * Decodes base64 piece by piece. White space may be anywhere in it, and `+`, `/` and `=` may be
 * written as URLs write them; `=` ends it.
 */
function base64Decoder(): (piece: string, isLast: boolean) => Buffer {
  let left = "";
  let isEnded = false;
  return (piece, isLast) => {
    if (isEnded) return Buffer.alloc(0);
    const text = piece.includes("%") ? percentDecoded(piece).toString("latin1") : piece;
    const [digits = "", padding] = (left + text.replace(/[^\w+/=-]+/g, "")).split("=", 2);
    isEnded = padding !== undefined || isLast;
    // Four digits are three bytes.
    const whole = isEnded ? digits.length : digits.length - (digits.length % 4);
    left = digits.slice(whole);
    return Buffer.from(digits.slice(0, whole), "base64");
  };
}

function tooLarge(maxBytes: number): CanvasError {
  return new CanvasError("SOURCE", `the data URI has more than ${maxBytes} bytes`);
}
