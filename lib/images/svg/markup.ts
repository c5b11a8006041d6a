// The markup of an SVG: finds its root, and writes what the engine needs.

/**
 * The root is searched for within this many bytes: a few milliseconds. Drawing programs write a few
 * kB before it.
 */
const MAX_PROLOG_BYTES = 256 * 1024;

/** Whether the bytes begin like SVG in UTF-8 or a similar encoding; the engine reads no others. */
export function isSvg(file: Buffer): boolean {
  return rootOf(file) !== undefined;
}

/** What the engine does not read, by a text without which there is none, and how to write it. */
const CORRECTIONS = [
  // A width of strokes in CSS without a unit, as Illustrator writes it.
  [
    "stroke-width",
    /(stroke-width[ \t\r\n]*:[ \t\r\n]*(?:\d+(?:\.\d*)?|\.\d+))(?=[ \t\r\n]*(?:[;}"'!<]|$))/gi,
    "$1px",
  ],
  // The name of a filter's step that begins as a keyword does, as Figma's BackgroundImageFix, is
  // taken for that keyword: shadows are blended with themselves.
  [
    "<fe",
    /(["'])(?=(?:SourceGraphic|SourceAlpha|BackgroundImage|BackgroundAlpha|FillPaint|StrokePaint)[\w-])/g,
    "$1_",
  ],
] as const;

/** The SVG as the engine can draw it, at this size of its own. */
export function drawable(file: Buffer, width: number, height: number): Buffer {
  let markup = sized(file, width, height);
  for (const [sign, pattern, replacement] of CORRECTIONS) {
    if (!markup.includes(sign)) continue;
    markup = Buffer.from(markup.toString("latin1").replace(pattern, replacement), "latin1");
  }
  return markup;
}

/**
 * The SVG with this size on its root. The engine draws an SVG without width and height at the size
 * of the canvas, not at the size that it reports for the image.
 */
export function sized(file: Buffer, width: number, height: number): Buffer {
  const root = rootOf(file);
  if (!root) return file;
  const kept = root.attributes.filter(([name]) => name !== "width" && name !== "height");
  const written = [...kept.map(([, text]) => text), `width="${width}"`, `height="${height}"`];
  const tag = Buffer.from(`<svg ${written.join(" ")}`, "latin1");
  return Buffer.concat([file.subarray(0, root.start), tag, file.subarray(root.end)]);
}

/** Text is searched for within this many bytes, which may begin with pictures as data URIs. */
const MAX_SEARCHED_BYTES = 4 * 1024 * 1024;
/** Bytes of all `<text>` elements that are read: some milliseconds. */
const MAX_TEXT_BYTES = 256 * 1024;
/** Different characters of one SVG; any further ones are not looked at. */
const MAX_CHARACTERS = 1000;

/** The different characters in the `<text>` elements of an SVG. */
export function charactersOf(file: Buffer): string {
  const markup = file.toString("latin1", 0, MAX_SEARCHED_BYTES);
  const characters = new Set<string>();
  const tag = /<!--|<(\/?)(?:[\w-]+:)?text(?=[\s/>])/g;
  let start: number | undefined;
  let left = MAX_TEXT_BYTES;
  for (let found = tag.exec(markup); found; found = tag.exec(markup)) {
    if (found[0] === "<!--") {
      const end = markup.indexOf("-->", found.index);
      if (end < 0) break;
      tag.lastIndex = end;
    } else if (!found[1]) start ??= found.index;
    else if (start !== undefined) {
      const text = textIn(markup.slice(start, Math.min(found.index, start + left)));
      for (const character of text) characters.add(character);
      left -= found.index - start;
      if (left <= 0 || characters.size >= MAX_CHARACTERS) break;
      start = undefined;
    }
  }
  return [...characters].slice(0, MAX_CHARACTERS).join("");
}

/** The text between the tags of this markup. */
function textIn(markup: string): string {
  const text = markup.replace(/<!--[^<>]*-->|<[^<>]*>/g, "");
  return Buffer.from(text, "latin1")
    .toString()
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|\w{1,10});/gi, (_, decimal, hex) => {
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? "20", 16);
      return code > 0x10ffff ? "" : String.fromCodePoint(code);
    });
}

interface Root {
  /** Offsets of the start of the tag, and of the end of its attributes. */
  start: number;
  end: number;
  attributes: [name: string, text: string][];
}

function rootOf(file: Buffer): Root | undefined {
  const text = file.toString("latin1", 0, MAX_PROLOG_BYTES);
  const start = skipProlog(text);
  if (start === undefined || !/^<svg[\s/>]/.test(text.slice(start, start + 5))) return undefined;
  const attributes: Root["attributes"] = [];
  // Only XML's white space separates: `\s` would match bytes of UTF-8 letters, too.
  const attribute = /[ \t\r\n]*([^ \t\r\n=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*("[^"]*"|'[^']*')/y;
  attribute.lastIndex = start + 4;
  let end = attribute.lastIndex;
  for (let found = attribute.exec(text); found; found = attribute.exec(text)) {
    attributes.push([found[1] as string, found[0].trim()]);
    end = attribute.lastIndex;
  }
  return { start, end, attributes };
}

/** Where the first element begins: after byte order mark, declaration, comments and doctype. */
function skipProlog(text: string): number | undefined {
  let at = text.startsWith("\xef\xbb\xbf") ? 3 : 0;
  for (;;) {
    while (/[ \t\r\n]/.test(text[at] ?? "")) at++;
    let end: number;
    if (text.startsWith("<?", at)) end = endOf(text, "?>", at);
    else if (text.startsWith("<!--", at)) end = endOf(text, "-->", at + 2);
    else if (/^<!doctype/i.test(text.slice(at, at + 9))) end = skipDoctype(text, at);
    else return text[at] === "<" ? at : undefined;
    if (end < 0) return undefined;
    at = end;
  }
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? -1 : at + mark.length;
}

/** The offset after a document type and the declarations inside it. */
function skipDoctype(text: string, start: number): number {
  let isInside = false;
  for (let at = start + 2; at >= 0 && at < text.length; ) {
    const c = text[at] as string;
    if (c === '"' || c === "'") at = endOf(text, c, at + 1);
    else if (text.startsWith("<!--", at)) at = endOf(text, "-->", at + 2);
    else if (c === ">" && !isInside) return at + 1;
    else {
      if (c === "[") isInside = true;
      if (c === "]") isInside = false;
      at++;
    }
  }
  return -1;
}
