// Evaluates lengths of WXSS in logical pixels: px, rpx, vw, vh, %, calc(), min() and others.

/** The values that lengths are relative to. */
export interface LengthContext {
  /** Width of the screen: 750 rpx. */
  screenWidth: number;
  windowWidth: number;
  windowHeight: number;
  /** The length of 100%; undefined where only a layout determines it. */
  percentOf?: number | undefined;
  /** The font size of the node. Default: 16. */
  fontSize?: () => number;
  /** The value of `env(name)`, in pixels. */
  env(name: string): number | undefined;
}

/** A page's initial font size. */
export const INITIAL_FONT_SIZE = 16;

const vh = ({ windowHeight }: LengthContext) => windowHeight / 100;
const vw = ({ windowWidth }: LengthContext) => windowWidth / 100;

/** Pixels of one unit. A rem is relative to the screen, as WeChat documents it. */
const UNITS: Record<string, (context: LengthContext) => number | undefined> = {
  px: () => 1,
  rpx: ({ screenWidth }) => screenWidth / 750,
  vw,
  svw: vw,
  lvw: vw,
  dvw: vw,
  vh,
  svh: vh,
  lvh: vh,
  dvh: vh,
  vmin: ({ windowWidth, windowHeight }) => Math.min(windowWidth, windowHeight) / 100,
  vmax: ({ windowWidth, windowHeight }) => Math.max(windowWidth, windowHeight) / 100,
  "%": ({ percentOf }) => percentOf && percentOf / 100,
  rem: ({ screenWidth }) => screenWidth / 20,
  em: ({ fontSize }) => fontSize?.() ?? INITIAL_FONT_SIZE,
  pt: () => 4 / 3,
  pc: () => 16,
  in: () => 96,
  cm: () => 96 / 2.54,
  mm: () => 9.6 / 2.54,
  q: () => 2.4 / 2.54,
};

const TOKEN = /\s*(?:([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z%]*)|([a-z-]+)\(|([+\-*/(),]))/iy;

/**
 * The length in pixels; undefined for `auto`, other words, and lengths relative to something
 * unknown.
 */
export function evaluate(text: string, context: LengthContext): number | undefined {
  const reader = { text: text.trim(), at: 0 };
  // A number without a unit is a length only if it is 0.
  if (/^[+-]?[\d.]+$/.test(reader.text) && Number(reader.text) !== 0) return undefined;
  const value = readSum(reader, context);
  const isWhole = reader.at === reader.text.length;
  return isWhole && value !== undefined && Number.isFinite(value) ? value : undefined;
}

interface Reader {
  text: string;
  at: number;
}

function readSum(reader: Reader, context: LengthContext): number | undefined {
  let sum = readProduct(reader, context);
  for (;;) {
    const operator = accept(reader, /\s+([+-])\s+/y);
    if (operator === undefined) return sum;
    sum = combine(sum, operator, readProduct(reader, context));
  }
}

function readProduct(reader: Reader, context: LengthContext): number | undefined {
  let product = readValue(reader, context);
  for (;;) {
    const operator = accept(reader, /\s*([*/])\s*/y);
    if (operator === undefined) return product;
    product = combine(product, operator, readValue(reader, context));
  }
}

function readValue(reader: Reader, context: LengthContext): number | undefined {
  TOKEN.lastIndex = reader.at;
  const match = TOKEN.exec(reader.text);
  if (!match) return undefined;
  reader.at = TOKEN.lastIndex;
  const [, number, unit = "", name, sign] = match;
  if (number !== undefined) return measured(Number(number), unit.toLowerCase(), context);
  if (name !== undefined) return readCall(name.toLowerCase(), reader, context);
  if (sign !== "(") return undefined;
  const value = readSum(reader, context);
  return accept(reader, /\s*(\))/y) === undefined ? undefined : value;
}

/** The pixels of a number with its unit. Without a unit, it is a number of a calculation, or 0. */
function measured(number: number, unit: string, context: LengthContext): number | undefined {
  if (unit === "") return number;
  const size = Object.hasOwn(UNITS, unit) ? UNITS[unit]?.(context) : undefined;
  return size === undefined ? undefined : number * size;
}

function readCall(name: string, reader: Reader, context: LengthContext): number | undefined {
  if (name === "env" || name === "constant") {
    const variable = accept(reader, /\s*([\w-]+)\s*/y) ?? "";
    const fallback = accept(reader, /\s*(,)\s*/y) && readSum(reader, context);
    if (accept(reader, /\s*(\))/y) === undefined) return undefined;
    return context.env(variable) ?? (fallback as number | undefined);
  }
  const values: (number | undefined)[] = [];
  do values.push(readSum(reader, context));
  while (accept(reader, /\s*(,)\s*/y) !== undefined);
  if (accept(reader, /\s*(\))/y) === undefined) return undefined;
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  // A missing argument leads to NaN, which is not a length.
  const [first, middle, last] = known as [number, number, number];
  if (name === "calc") return first;
  if (name === "min") return Math.min(...known);
  if (name === "max") return Math.max(...known);
  if (name === "clamp") return Math.max(first, Math.min(middle, last));
  return undefined;
}

function combine(
  left: number | undefined,
  operator: string,
  right: number | undefined,
): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  return operator === "*" ? left * right : left / right;
}

function accept(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (!match) return undefined;
  reader.at = pattern.lastIndex;
  return match[1];
}
