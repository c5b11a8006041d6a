// Tells data URIs, whose bytes are read here, from URLs of the network.
import { CanvasError } from "../errors.ts";

/** Whether the source is a URL of the network. The code that fetches is loaded only for those. */
export function isRemote(source: string): boolean {
  return /^\s*https?:/i.test(source);
}

export function isDataUri(source: string): boolean {
  return /^\s*data:/i.test(source);
}

/** The bytes of a data URI, at most `maxBytes`; its media type is ignored. */
export function readDataUri(uri: string, maxBytes: number): Buffer {
  const comma = uri.indexOf(",");
  if (comma < 0) throw new CanvasError("SOURCE", "the data URI has no comma");
  // A byte takes at most three characters: a longer text is refused without decoding it.
  if (uri.length - comma > maxBytes * 3 + 3) throw tooLarge(maxBytes);
  const isBase64 = /;\s*base64\s*$/i.test(uri.slice(0, comma));
  const bytes = isBase64
    ? Buffer.from(decoded(uri.slice(comma + 1)), "base64")
    : Buffer.from(percentDecoded(uri.slice(comma + 1)), "latin1");
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/** Base64 in which `+`, `/` and `=` may be written as URLs write them. */
function decoded(text: string): string {
  return text.includes("%") ? percentDecoded(text) : text;
}

function percentDecoded(text: string): string {
  const utf8 = Buffer.from(text, "utf8").toString("latin1");
  return utf8.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function tooLarge(maxBytes: number): CanvasError {
  return new CanvasError("SOURCE", `the data URI has more than ${maxBytes} bytes`);
}
