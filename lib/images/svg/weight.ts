// How much an SVG becomes when its references are followed, known before the engine follows them.
import type { CanvasError } from "../../errors.ts";
import { refuse, type Tag, tags, unescaped } from "./xml.ts";

/**
 * What an SVG may weigh. An element weighs 1, and what it refers to once more: the engine copies what
 * is used, and draws patterns, masks and their likes anew each time.
 */
const MAX_WEIGHT = 100_000;
/** Rules of CSS that refer to something. */
const MAX_RULES = 20_000;
/** A step of a filter goes over all pixels, a blur several times. */
const STEP = 3000;
const BLUR = 8000;
/** Steps whose time grows with their settings, or that load something. */
const SLOW_FILTER =
  /^fe(Morphology|ConvolveMatrix|Turbulence|DisplacementMap|DiffuseLighting|SpecularLighting|Image)$/;
const FUNCTIONS =
  /\b(blur|drop-shadow|brightness|contrast|grayscale|hue-rotate|invert|opacity|saturate|sepia)\(/gi;

/** What attributes, a style or a rule of CSS refer to, by ids. */
interface References {
  /** Followed once: by `href`, `filter`, `mask`, `clip-path`. */
  once: string[];
  /** Followed by each element within, as they inherit: `fill`, `stroke`, `marker-…`, and others. */
  inherited: string[];
  /** The weight of the filters that are written in place. */
  functions: number;
}

interface WeighedElement {
  name: string;
  parent: number;
  children: number[];
  own: number;
  /** The corners of a shape, as written. */
  points: string;
  /** As ids are compared, and as CSS names it. */
  id: string | undefined;
  idInCss: string;
  classes: string;
  references: References;
}

/** Refuses an SVG that becomes too much, or has filters that take too long. */
export function checkWeight(text: string): void {
  const entities = new Map<string, string>();
  const elements: WeighedElement[] = [];
  const open: number[] = [];
  const styles: string[] = [];
  let style: { depth: number; from: number } | undefined;
  for (const tag of tags(text, entities)) {
    if (tag.kind === "close") {
      if (style?.depth === open.length) {
        styles.push(text.slice(style.from, tag.start));
        style = undefined;
      }
      open.pop();
      continue;
    }
    const element = read(tag, open.at(-1) ?? -1, entities);
    elements[element.parent]?.children.push(elements.length);
    elements.push(element);
    if (tag.kind === "empty") continue;
    open.push(elements.length - 1);
    if (element.name === "style") style ??= { depth: open.length, from: tag.end };
  }
  applyRules(elements, styles, entities);
  // Only a file with markers has use for corners.
  if (elements.some(({ name }) => name === "marker")) {
    for (const element of elements) element.own += corners(element);
  }
  if (weightOf(elements) > MAX_WEIGHT) {
    throw refuse(`references and filters that make more than ${MAX_WEIGHT} elements of it`);
  }
}

/** A marker is drawn at each corner, and each corner has a number at least. */
function corners({ points }: WeighedElement): number {
  return points.match(/\d*\.?\d+/g)?.length ?? 0;
}

function read(tag: Tag, parent: number, entities: Map<string, string>): WeighedElement {
  const name = local(tag.name);
  if (SLOW_FILTER.test(name)) throw refuse(`a filter that takes too long, ${name}`);
  const references: References = { once: [], inherited: [], functions: 0 };
  const element: WeighedElement = {
    name,
    parent,
    children: [],
    own: stepOf(name),
    points: "",
    id: undefined,
    idInCss: "",
    classes: "",
    references,
  };
  for (const [attribute, escaped] of tag.attributes) {
    const property = local(attribute);
    // Pictures in data URIs are long, and refer to nothing.
    if (property === "href" && !escaped.startsWith("#")) continue;
    const value = unescaped(escaped, entities);
    switch (property) {
      case "id":
        // One with a prefix never hides the other.
        if (attribute !== "id" && element.id !== undefined) break;
        element.id = idOf(value);
        element.idInCss = value;
        break;
      case "class":
        element.classes += ` ${value}`;
        break;
      case "href":
        // Links and animations point to things without drawing them.
        if (!/^(a|animate\w*|set|mpath)$/.test(name)) references.once.push(idOf(value.slice(1)));
        break;
      case "style":
        readStyle(value, references);
        break;
      case "d":
      case "points":
        element.points += ` ${value}`;
        break;
      case "in2":
        // Each step may use the one before twice.
        element.own += STEP;
        break;
      default:
        readProperty(property, value, references);
    }
  }
  return element;
}

function stepOf(name: string): number {
  if (/^fe(GaussianBlur|DropShadow)$/.test(name)) return BLUR;
  return /^fe(?!Func)/.test(name) ? STEP : 1;
}

/** A name without the prefix of its namespace. */
function local(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

/** An id as it is compared, be it quoted or not. */
function idOf(text: string): string {
  return text
    .replace(/\).*/s, "")
    .replace(/["']/g, "")
    .replace(/[\t\r\n]/g, " ")
    .trim();
}

function readStyle(style: string, into: References): void {
  for (const declaration of style.split(";")) {
    const colon = declaration.indexOf(":");
    readProperty(
      declaration.slice(0, Math.max(colon, 0)).trim(),
      declaration.slice(colon + 1),
      into,
    );
  }
}

function readProperty(property: string, value: string, into: References): void {
  if (!value.includes("(")) return;
  const isOnce = /^(filter|mask|clip-path)$/i.test(property);
  for (const [, id] of value.matchAll(/url\([\s"']*#([^)]*)/gi)) {
    (isOnce ? into.once : into.inherited).push(idOf(id as string));
  }
  if (/^filter$/i.test(property)) into.functions += (value.match(FUNCTIONS) ?? []).length * BLUR;
}

/**
 * Adds what the rules of CSS refer to to the elements they are for. Rules for one class, id or kind
 * of element are understood, as drawing programs write them; others that refer to something are not.
 */
function applyRules(
  elements: WeighedElement[],
  styles: string[],
  entities: Map<string, string>,
): void {
  const rules = new Map<string, References[]>();
  // Between two there is the end of a rule, whatever the first has left open.
  readRules(styles.join("\n}\n"), entities, rules);
  if (rules.size === 0) return;
  let total = 0;
  for (const { name, idInCss, classes, references } of elements) {
    const selectors = classes.split(/[ \t\r\n]+/).map((one) => `.${one}`);
    for (const selector of new Set([name, `#${idInCss}`, ...selectors])) {
      for (const { once, inherited, functions } of rules.get(selector) ?? []) {
        total += 1 + once.length + inherited.length;
        if (total > MAX_WEIGHT) throw refuse(`more than ${MAX_WEIGHT} references in CSS`);
        for (const id of once) references.once.push(id);
        for (const id of inherited) references.inherited.push(id);
        references.functions += functions;
      }
    }
  }
}

function readRules(
  style: string,
  entities: Map<string, string>,
  rules: Map<string, References[]>,
): void {
  const css = style
    .replace(/<!--|-->|<!\[CDATA\[|\]\]>/g, " ")
    // Fonts and pictures in place.
    .replace(/url\( *["']?data:[^"'(){}\\]*["']? *\)/gi, " ");
  if (!refers(css) && !refers(unescaped(css, entities))) return;
  const plain = css
    .replace(/\/\*[^"'\\*]*\*+\//g, " ")
    .replace(/"[^"'(){};*\\\n]*"|'[^"'(){};*\\\n]*'/g, (quoted) => quoted.slice(1, -1));
  // Where one reader sees the end of a rule and another does not, a reference could hide.
  const isOdd = /["'\\]|\/\*|&(?!gt;)/.test(plain);
  if (isOdd || /[()]/.test(plain.replace(/\([^(){};]*\)/g, ""))) throw unclear();
  let count = 0;
  for (const part of plain.split("}")) {
    if (!refers(part)) continue;
    if (++count > MAX_RULES) throw refuse(`more than ${MAX_RULES} rules of CSS with references`);
    const begin = Math.max(part.lastIndexOf("{"), 0);
    const before = part.slice(0, begin);
    const references: References = { once: [], inherited: [], functions: 0 };
    readStyle(part.slice(begin + 1), references);
    const from = Math.max(before.lastIndexOf("{"), before.lastIndexOf(";")) + 1;
    if (refers(before)) throw unclear();
    for (const one of before.slice(from).split(",")) {
      const selector = one.trim();
      if (!/^[.#]?[\w\u0080-\u00ff-]+$/.test(selector)) throw unclear();
      const known = rules.get(selector);
      if (known) known.push(references);
      else rules.set(selector, [references]);
    }
  }
}

function refers(css: string): boolean {
  return /url\([\s"']*#/i.test(css) || css.search(FUNCTIONS) >= 0;
}

function unclear(): CanvasError {
  return refuse("CSS with references, of a kind that is not understood");
}

const NOT_DRAWN = /^(linearGradient|radialGradient|filter)$/;

/**
 * The weight of the first element with all that is in it. There are three kinds of nodes: elements,
 * what they inherit from those around them, and ids; each is weighed once, after what it refers to.
 */
function weightOf(elements: WeighedElement[]): number {
  const count = elements.length;
  const named = new Map<string, number[]>();
  elements.forEach(({ id }, at) => {
    if (id === undefined) return;
    const known = named.get(id);
    if (known) known.push(at);
    else named.set(id, [at]);
  });
  const ids = new Map([...named.keys()].map((id, at) => [id, 2 * count + at]));
  const holders = [...named.values()];
  const nodesOf = (names: string[]) =>
    names.length === 0
      ? (names as never[])
      : names.map((id) => ids.get(id) ?? -1).filter((node) => node >= 0);
  const weights = new Float64Array(2 * count + ids.size);
  const sum = (nodes: number[]) =>
    nodes.reduce((total, node) => total + (weights[node] as number), 0);
  /** What an element inherits, if it is one that draws; the first element has nothing around it. */
  const around = (at: number) => {
    const { name, parent } = elements[at] as WeighedElement;
    return NOT_DRAWN.test(name) || parent < 0 ? -1 : count + parent;
  };
  const weightOr1 = (node: number) => (node < 0 ? 1 : (weights[node] as number));

  function needsOf(node: number): number[] {
    if (node >= 2 * count) {
      const held = holders[node - 2 * count] as number[];
      return [...held, ...held.map(around).filter((node) => node >= 0)];
    }
    const { parent, children, references } = elements[node % count] as WeighedElement;
    const inherited = nodesOf(references.inherited);
    if (node >= count) return parent < 0 ? inherited : [count + parent, ...inherited];
    return [...children, ...nodesOf(references.once), ...inherited];
  }

  function weigh(node: number): number {
    if (node >= 2 * count) {
      let most = 0;
      for (const at of holders[node - 2 * count] as number[]) {
        most = Math.max(most, (weights[at] as number) * weightOr1(around(at)));
      }
      return most;
    }
    const { own, parent, children, name, references } = elements[node % count] as WeighedElement;
    const times = 1 + sum(nodesOf(references.inherited));
    if (node >= count) return weightOr1(parent < 0 ? -1 : count + parent) * times;
    let inside = name === "filter" ? STEP : own;
    // A filter costs where it is used.
    for (const at of children) {
      inside += elements[at]?.name === "filter" ? 1 : (weights[at] as number);
    }
    return (inside + sum(nodesOf(references.once)) + references.functions) * times;
  }

  // Numbers only: files may be as deep as they are long.
  const [UNDER_WAY, DONE] = [1, 2];
  const state = new Uint8Array(weights.length);
  const stack = [0];
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    if (state[node] === 0) {
      state[node] = UNDER_WAY;
      for (const next of needsOf(node)) {
        if (state[next] === UNDER_WAY) throw refuse("references that go in circles");
        if (state[next] === 0) stack.push(next);
      }
      continue;
    }
    if (state[node] === UNDER_WAY) weights[node] = weigh(node);
    state[node] = DONE;
    stack.pop();
  }
  return weights[0] as number;
}
