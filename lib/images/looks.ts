// Guesses what bytes that are not a picture are, for the error message.

/** File types by their first bytes; `.` stands for any. */
const STARTS: readonly (readonly [start: string, name: string])[] = [
  ["BM", "a BMP"],
  ["II*\0", "a TIFF"],
  ["MM\0*", "a TIFF"],
  ["\0\0\x01\0", "an icon (ICO)"],
  ["8BPS", "a Photoshop file"],
  ["%PDF", "a PDF"],
  ["PK\x03\x04", "a ZIP archive"],
  ["\x1f\x8b", "gzip data"],
  ["wOFF", "a font"],
  ["wOF2", "a font"],
  ["OTTO", "a font"],
  ["RIFF....WAVE", "a sound"],
  ["RIFF....AVI ", "a video"],
  ["ID3", "a sound"],
  ["\xff\x0a", "a JPEG XL"],
  ["\0\0\0\x0cJXL ", "a JPEG XL"],
  ["\0\0\0\x0cjP  ", "a JPEG 2000"],
  ["\x1aE\xdf\xa3", "a video"],
];

const HEIF_BRANDS = /^(hei[cfmsx]|hev[cmsx]|mif[12]|msf1)$/;

/** A guess such as `"a HEIC photo"`, or undefined. */
export function lookOf(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, 16);
  if (start.slice(4, 8) === "ftyp") {
    return HEIF_BRANDS.test(start.slice(8, 12)) ? "a HEIC photo" : "a video";
  }
  const known = STARTS.find(([mark]) => [...mark].every((c, i) => c === "." || start[i] === c));
  return (
    known?.[1] ??
    textLook(
      bytes
        .toString("utf8", 0, 2048)
        .replace(/^\ufeff/, "")
        .trim(),
    )
  );
}

function textLook(text: string): string | undefined {
  if (text === "" || /[^\P{Cc}\t\r\n\f]|\ufffd/u.test(text.slice(0, 256))) return undefined;
  // WeChat sends such errors with status 200, for instance for an expired access token.
  const code = /"errcode"\s{0,9}:\s{0,9}(-?\d{1,12})/.exec(text)?.[1];
  if (text.startsWith("{") && code !== undefined) {
    const message = /"errmsg"\s{0,9}:\s{0,9}"([^"\\]{0,80})/.exec(text)?.[1];
    return `WeChat's answer errcode ${code}${message === undefined ? "" : ` (${message})`}`;
  }
  if (/^[{[]/.test(text)) return "JSON";
  if (/^<(!doctype html|html|head|body)\b/i.test(text)) return "an HTML page";
  if (/^<[a-z!?]/i.test(text)) return "XML or HTML whose root is no svg element";
  if (/^data:/i.test(text)) return "the text of a data URI as bytes";
  if (isBase64(text)) return `base64 (${missingPrefix(text)})`;
  return "text";
}

/** How pictures begin in base64. */
const BASE64_STARTS: readonly (readonly [start: string, type: string])[] = [
  ["iVBORw0KGgo", "png"],
  ["/9j/", "jpeg"],
  ["UklGR", "webp"],
  ["R0lGOD", "gif"],
  ["PHN2Zy", "svg+xml"],
  ["PD94bWwg", "svg+xml"],
];

/** Whether the text is a picture in base64 without the start of a data URI. */
export function isBase64(text: string): boolean {
  return BASE64_STARTS.some(([start]) => text.startsWith(start)) && text.length > 40;
}

/** Says which start of a data URI is missing before the base64. */
export function missingPrefix(text: string): string {
  const type = BASE64_STARTS.find(([start]) => text.startsWith(start))?.[1];
  return `"data:image/${type};base64," is missing in front`;
}
