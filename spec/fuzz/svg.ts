// SVGs of a grammar: elements that refer to each other, rules of CSS, entities, and what is
// outside.
import { svgOf } from "../support/hostile-pictures.ts";
import type { Random } from "./random.ts";

const CONTAINERS =
  "g mask pattern clipPath symbol filter marker svg defs switch a linearGradient text";
const SHAPES = "rect circle ellipse path polyline text image use";
const FILTERS =
  "feGaussianBlur feTurbulence feMorphology feConvolveMatrix feDisplacementMap feTile feImage " +
  "feMerge feComposite feDiffuseLighting feSpecularLighting feColorMatrix feOffset feFlood";
const TARGETS = [
  "/etc/passwd",
  "file:///dev/zero",
  "http://127.0.0.1:1/a.png",
  "//localhost/a",
  "data:image/svg+xml,%3Csvg/%3E",
  "data:image/png;base64,iVBORw0KGgo=",
  "data:,",
  "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=",
];

/** Numbers of things, lengths and factors: of pictures, and of attacks. */
const count = (random: Random) => random.pick([0, 1, 1, 2, 9, 300, 20_000]);
const length = (random: Random) =>
  random.pick(["0", "1", "9", "300", "5e3", "1e9", "1e38", "-5", "50%", "9em", "NaN", ""]);

export function svg(random: Random): Buffer {
  const id = () => random.pick(["a", "b", "c", "d"]);
  const reference = () => random.pick([`url(#${id()})`, `url('#${id()}')`, `url(${target()})`]);
  const target = () => (random.chance(4) ? random.pick(TARGETS) : `#${id()}`);
  const property = () =>
    random.pick([
      () => `fill:${reference()}`,
      () => `stroke:${reference()};stroke-width:${length(random)}`,
      () => `mask:${reference()}`,
      () => `filter:${reference()}`,
      () => `clip-path:${reference()}`,
      () => `marker-mid:${reference()};marker-start:${reference()}`,
      () => "opacity:.5",
      () => `filter:blur(${length(random)}px)`,
      () => `stroke:red;stroke-dasharray:${length(random)} .0001`,
      () => `font:${length(random)} serif;letter-spacing:9px`,
      () => "mix-blend-mode:multiply;isolation:isolate",
      () => `transform:scale(${length(random)}) rotate(9deg)`,
    ])();
  const attribute = () =>
    random.pick([
      () => `style="${property()}"`,
      () => `fill="${reference()}"`,
      () => `mask="${reference()}"`,
      () => `filter="${reference()}"`,
      () => `clip-path="${reference()}"`,
      () => `transform="${random.pick(["scale", "rotate", "matrix"])}(${length(random)})"`,
      () => `viewBox="0 0 ${length(random)} ${length(random)}"`,
      () => `patternUnits="userSpaceOnUse" patternContentUnits="objectBoundingBox"`,
      () => `width="${length(random)}" height="${length(random)}"`,
      () => `class="${id()}"`,
    ])();
  const attributes = () => Array.from({ length: random.below(4) }, attribute).join(" ");
  const simple = () =>
    random.pick(["g", "rect", "*", `.${id()}`, `#${id()}`, "g:first-child", "[x=y]", "g:not(.a)"]);
  const selector = () =>
    Array.from({ length: 1 + random.below(4) }, simple).join(random.pick([" ", ">", ",", "+"]));
  const rules = Array.from({ length: random.pick([0, 1, 20, 2000]) }, () => {
    const rule = random.chance(30)
      ? random.pick([`@import url(${target()});`, "@media all{g{opacity:.5}}", "@font-face{src:x"])
      : `${selector()}{${property()}}`;
    return random.chance(20) ? rule.slice(0, random.below(rule.length)) : rule;
  });
  const path = () => `M0 0${random.pick(["l1 1-1-1", "c1 9 2 9 3 0", "a9 5 9 1 1 3 3", "z"])}`;
  const shape = () => {
    const name = random.pick(SHAPES.split(" "));
    const own = {
      path: () => `d="${path()}${"l1 1-1-1".repeat(count(random))}"`,
      polyline: () => `points="${"1 2 3 4 ".repeat(count(random))}"`,
      image: () => `xlink:href="${target()}" width="9" height="9"`,
      use: () => `xlink:href="${target()}"`,
    }[name];
    const text = name === "text" ? "&a;text".repeat(random.pick([0, 1, 9, 2000])) : "";
    return `<${name} ${own?.() ?? ""} width="${random.below(900)}" height="90" ${attributes()}>${text}</${name}>`;
  };
  const inner = () => {
    const one = shape();
    return one.repeat(Math.min(count(random), Math.ceil(2_000_000 / one.length)));
  };
  const container = (depth: number): string => {
    const name = random.pick(CONTAINERS.split(" "));
    const filter = () => `<${random.pick(FILTERS.split(" "))} ${effect(random)} ${attributes()}/>`;
    const content =
      name === "filter"
        ? Array.from({ length: random.pick([1, 3, 30]) }, filter).join("")
        : Array.from({ length: random.below(4) }, () =>
            depth > 0 && random.chance(2) ? container(depth - 1) : inner(),
          ).join("");
    return `<${name} id="${id()}" style="${property()}" width="9" height="9" ${attributes()}>${content}</${name}>`;
  };
  const depth = random.pick([0, 0, 5, 40, 3000]);
  const open = `<g class="${id()}" style="${property()}">`;
  const side = () => random.pick(["9", "300", "5000", length(random)]);
  const size = `width="${side()}" height="${side()}" ${random.chance(3) ? attributes() : ""}`;
  const content = Array.from({ length: random.below(9) }, () => container(3)).join("");
  const entities = random.pick([
    "",
    '<!DOCTYPE svg [<!ENTITY a "text">]>',
    `<!DOCTYPE svg [<!ENTITY a "${"x".repeat(50_000)}">]>`,
    '<!DOCTYPE svg [<!ENTITY b "&a;&a;&a;"><!ENTITY a "&b;&b;">]>',
    '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE svg SYSTEM "http://127.0.0.1:1/a.dtd">',
    '<?xml-stylesheet href="http://127.0.0.1:1/a.css"?>',
  ]);
  return svgOf(
    `<style>${rules.join("\n")}</style>${content}${open.repeat(depth)}${inner()}${"</g>".repeat(depth)}`,
    size,
    entities,
  );
}

/** What filters count by. */
function effect(random: Random): string {
  return random.pick([
    "stdDeviation='9'",
    "stdDeviation='1e9'",
    "numOctaves='9' baseFrequency='.01'",
    "numOctaves='2000000000' baseFrequency='1e-9'",
    "radius='999'",
    "order='99' kernelMatrix='1'",
    "order='3' kernelMatrix='1 1 1 1 1 1 1 1 1'",
    "scale='1e9' in2='SourceGraphic'",
    "surfaceScale='9' in='BackgroundImage'",
    "dx='1e9' in='SourceAlpha'",
    "x='-1e9' y='-1e9' width='2e9' height='2e9'",
  ]);
}
