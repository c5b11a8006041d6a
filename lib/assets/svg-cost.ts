// What drawing an SVG takes, told from its markup: references make thousands of elements of one.
import { CanvasError } from "../errors.ts";

/** An element as its markup has it. */
export interface Element {
  name: string;
  attributes: readonly [name: string, value: string][];
  children: Element[];
}

/**
 * Measured on the engine: 100,000 elements behind references take it a second, and a megapixel that
 * is drawn apart, for a mask, a filter or a group's opacity, 10 to 80 ms and 8 MB at each level.
 */
const MAX_ELEMENTS = 200_000;
const MAX_LAYER_PIXELS = 134_217_728;
const MAX_NESTED_PIXELS = 67_108_864;

interface Cost {
  /** Elements that are drawn, those behind references once for each. */
  elements: number;
  /** Pictures of the whole size that are made on the way; at most so many at once. */
  layers: number;
  nested: number;
}

const NOTHING: Cost = { elements: 0, layers: 0, nested: 0 };

/** Filters whose time grows with their radius or their noise: one takes seconds. */
const SLOW =
  /^(\w+:)?fe(Morphology|ConvolveMatrix|Turbulence|DisplacementMap|DiffuseLighting|SpecularLighting|Image)$/;

/** Refuses an SVG of that size whose drawing would take seconds or gigabytes. */
export function checkCost(
  root: Element,
  { width, height }: { width: number; height: number },
): void {
  const { elements, layers, nested } = costOf(root);
  const pixels = width * height;
  if (elements > MAX_ELEMENTS) throw refuse(`references that draw ${elements} elements`);
  if (layers * pixels > MAX_LAYER_PIXELS) throw refuse(`${layers} layers of ${width} × ${height}`);
  // Two at once are what a picture of the largest size may have.
  if (nested > 2 && nested * pixels > MAX_NESTED_PIXELS) {
    throw refuse(`${nested} layers of ${width} × ${height} within each other`);
  }
}

function costOf(root: Element): Cost {
  const byId = new Map<string, Element>();
  // Without recursion in the depth of the markup, which is the stranger's to choose.
  const all: Element[] = [root];
  for (const element of all) {
    if (SLOW.test(element.name)) throw refuse(`a ${element.name}, which takes too long to draw`);
    for (const [name, value] of element.attributes) if (name === "id") byId.set(value, element);
    for (const child of element.children) all.push(child);
  }
  const known = new Map<Element, Cost>();
  const underWay = new Set<Element>();
  const stack = [root];
  for (let element = stack.at(-1); element; element = stack.at(-1)) {
    const parts = [...element.children, ...referred(element, byId)];
    const open = parts.find((part) => !known.has(part));
    if (open) {
      underWay.add(element);
      // What a circle draws cannot be told by this, and no drawing needs one.
      if (underWay.has(open)) throw refuse("references that go in a circle");
      stack.push(open);
      continue;
    }
    stack.pop();
    underWay.delete(element);
    known.set(element, sum(element, parts, known));
  }
  return known.get(root) ?? NOTHING;
}

/** What is drawn for the element. */
function sum(element: Element, parts: Element[], known: ReadonlyMap<Element, Cost>): Cost {
  const isLayer = element.attributes.some(([name, value]) => LAYER.test(name) || LAYER.test(value));
  const cost = { elements: 1, layers: isLayer ? 1 : 0, nested: 0 };
  for (const part of parts) {
    const { elements, layers, nested } = known.get(part) ?? NOTHING;
    cost.elements += elements;
    cost.layers += layers;
    cost.nested = Math.max(cost.nested, nested);
  }
  if (isLayer) cost.nested++;
  return cost;
}

/** Attributes, and properties of a style, for which an element is drawn apart. */
const LAYER =
  /^\s*(mask|filter|opacity|mix-blend-mode)\s*$|(^|[;\s])(mask|filter|opacity|mix-blend-mode)\s*:/i;

const GRADIENT = /^(\w+:)?(linear|radial)Gradient$/;

/** The elements that its attributes name by `#id`; gradients are colours. */
function referred(element: Element, byId: ReadonlyMap<string, Element>): Element[] {
  const found: Element[] = [];
  for (const [name, value] of element.attributes) {
    // A link to click on.
    if (/^(\w+:)?a$/.test(element.name) && /(^|:)href$/.test(name)) continue;
    for (const [, id = ""] of value.matchAll(/#([^\s"'()]+)/g)) {
      const target = byId.get(id);
      if (target && !GRADIENT.test(target.name)) found.push(target);
    }
  }
  return found;
}

function refuse(what: string): CanvasError {
  return new CanvasError("SOURCE", `the SVG has ${what}`);
}
