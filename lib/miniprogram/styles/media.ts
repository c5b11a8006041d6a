// Evaluates media queries for the host's device.

/** The features that media queries use, in logical pixels. */
export interface Screen {
  width: number;
  height: number;
  pixelRatio: number;
  theme: string;
  length(text: string): number | undefined;
}

/** Whether at least one query of a list holds. */
export function mediaHolds(query: string, screen: Screen): boolean {
  return query.split(",").some((one) => oneHolds(one.trim().toLowerCase(), screen));
}

function oneHolds(query: string, screen: Screen): boolean {
  const isNot = /^not\b/.test(query);
  const parts = query.replace(/^(not|only)\b/, "").split(/\band\b/);
  return parts.every((part) => partHolds(part.trim(), screen)) !== isNot;
}

function partHolds(part: string, screen: Screen): boolean {
  if (part === "" || part === "all" || part === "screen") return true;
  const feature = /^\((.*)\)$/s.exec(part)?.[1]?.trim();
  return feature !== undefined && featureHolds(feature, screen);
}

function featureHolds(feature: string, screen: Screen): boolean {
  const range = /^([\w-]+)\s*(<=|>=|<|>|=)\s*(\S.*)$/.exec(feature);
  if (range) {
    const [, name = "", operator = "", value = ""] = range;
    return compare(measure(name, screen), operator, read(name, value, screen));
  }
  const [, bound = "", name = "", value] =
    /^(min-|max-)?([\w-]+)(?:\s*:\s*(\S.*))?$/.exec(feature) ?? [];
  if (name === "orientation") {
    return value === (screen.width > screen.height ? "landscape" : "portrait");
  }
  if (name === "prefers-color-scheme") return value === screen.theme;
  const actual = measure(name, screen);
  if (value === undefined) return actual !== undefined;
  const operator = bound === "min-" ? ">=" : bound === "max-" ? "<=" : "=";
  return compare(actual, operator, read(name, value, screen));
}

function measure(name: string, screen: Screen): number | undefined {
  if (/^(device-)?width$/.test(name)) return screen.width;
  if (/^(device-)?height$/.test(name)) return screen.height;
  if (/aspect-ratio$/.test(name)) return screen.width / screen.height;
  if (/device-pixel-ratio$/.test(name)) return screen.pixelRatio;
  if (name === "resolution") return screen.pixelRatio;
  return undefined;
}

function read(name: string, value: string, screen: Screen): number | undefined {
  const fraction = /^([\d.]+)\s*\/\s*([\d.]+)$/.exec(value);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  if (/ratio$/.test(name)) return Number(value);
  if (name === "resolution") return Number(/^([\d.]+)(dppx|x)$/.exec(value)?.[1]);
  return screen.length(value);
}

function compare(actual: number | undefined, operator: string, value: number | undefined): boolean {
  if (actual === undefined || value === undefined) return false;
  if (operator === "<=") return actual <= value;
  if (operator === ">=") return actual >= value;
  if (operator === "<") return actual < value;
  if (operator === ">") return actual > value;
  return Math.abs(actual - value) < 1e-6;
}
