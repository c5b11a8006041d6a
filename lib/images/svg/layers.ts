// How much memory and time an SVG's layers take: what is drawn apart, at the size of the picture.
import { refuse } from "./xml.ts";

/** An element as its markup has it. */
export interface LayerElement {
  name: string;
  attributes: readonly [name: string, value: string][];
  children: LayerElement[];
}

/**
 * Measured on the engine: a megapixel that is drawn apart, for a mask, a filter or a group's opacity,
 * takes 10 to 80 ms, and 8 MB at each level.
 */
const MAX_PIXELS = 134_217_728;
const MAX_NESTED_PIXELS = 67_108_864;

interface Layers {
  /** Pictures of the whole size that are made on the way. */
  all: number;
  /** At most so many of them at once. */
  nested: number;
}

const NONE: Layers = { all: 0, nested: 0 };

/** Refuses an SVG of that size whose layers take too much; its references are known to be finite. */
export function checkLayers(
  root: LayerElement,
  { width, height }: { width: number; height: number },
): void {
  const { all, nested } = layersOf(root);
  const pixels = width * height;
  if (all * pixels > MAX_PIXELS) throw refuse(`${all} layers of ${width} × ${height}`);
  // Two at once are what a picture of the largest size may have.
  if (nested > 2 && nested * pixels > MAX_NESTED_PIXELS) {
    throw refuse(`${nested} layers of ${width} × ${height} within each other`);
  }
}

function layersOf(root: LayerElement): Layers {
  const byId = new Map<string, LayerElement>();
  // Without recursion in the depth of the markup, which is the stranger's to choose.
  const elements: LayerElement[] = [root];
  for (const element of elements) {
    for (const [name, value] of element.attributes) if (name === "id") byId.set(value, element);
    for (const child of element.children) elements.push(child);
  }
  const known = new Map<LayerElement, Layers>();
  const underWay = new Set<LayerElement>();
  const stack = [root];
  for (let element = stack.at(-1); element; element = stack.at(-1)) {
    const parts = [...element.children, ...referred(element, byId)];
    const open = parts.find((part) => !known.has(part) && !underWay.has(part));
    if (open) {
      underWay.add(element);
      stack.push(open);
      continue;
    }
    stack.pop();
    underWay.delete(element);
    known.set(element, sum(element, parts, known));
  }
  return known.get(root) as Layers;
}

function sum(
  element: LayerElement,
  parts: LayerElement[],
  known: ReadonlyMap<LayerElement, Layers>,
): Layers {
  const isLayer = element.attributes.some(([name, value]) => LAYER.test(name) || LAYER.test(value));
  const layers = { all: isLayer ? 1 : 0, nested: 0 };
  for (const part of parts) {
    const { all, nested } = known.get(part) ?? NONE;
    layers.all += all;
    layers.nested = Math.max(layers.nested, nested);
  }
  if (isLayer) layers.nested++;
  return layers;
}

/** Attributes, and properties of a style, for which an element is drawn apart. */
const LAYER =
  /^\s*(mask|filter|opacity|mix-blend-mode)\s*$|(^|[;\s])(mask|filter|opacity|mix-blend-mode)\s*:/i;

/** The elements that its attributes name by `#id`. */
function referred(element: LayerElement, byId: ReadonlyMap<string, LayerElement>): LayerElement[] {
  const found: LayerElement[] = [];
  for (const [, value] of element.attributes) {
    for (const [, id = ""] of value.matchAll(/#([^\s"'()]+)/g)) {
      const target = byId.get(id);
      if (target) found.push(target);
    }
  }
  return found;
}
