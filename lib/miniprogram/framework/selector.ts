// Parses and matches the selectors of WXSS and queries, with their combinators.
import { CanvasError, show } from "../../errors.ts";
import type { TreeNode } from "./glass-easel.ts";
import { classesOf, descendants, hostOf, memberOf, parentOf, tagOf } from "./tree.ts";

/** One of the alternatives of a selector. */
export interface Selector {
  /** The steps, from the last to the first. */
  steps: Step[];
  /** As CSS counts it: ids, then classes, then tags. */
  specificity: number;
  /** Whether it has only tags: in a page's styles, such selectors reach into components. */
  isTagsOnly: boolean;
  /** Whether it is `:host`: in a component's styles, it selects the component itself. */
  isHost: boolean;
}

interface Step {
  /** The combinator between it and the step before: a blank, `>`, `+`, `~` or `>>>`. */
  combinator: string;
  tests: Test[];
}

type Test = (node: TreeNode) => boolean;

const STEP = /\s*(>>>|[>+~]|\s)\s*/y;
const PART =
  /([#.]?)((?:\\.|[\w\u0080-\uffff-])+)|(\*)|\[\s*([\w:-]+)\s*(?:([~|^$*]?=)\s*("[^"]*"|'[^']*'|[^\]\s]+)\s*)?\]|(:[\w-]+(?:\((?:[^()]|\([^()]*\))*\))?)/y;

/** Parses a selector; undefined if it is invalid or not supported. */
export function parseSelectors(text: string): Selector[] | undefined {
  const selectors = text.split(",").map((part) => parseOne(part.trim()));
  return selectors.every((selector) => selector !== undefined) ? selectors : undefined;
}

/** Parses the selector of a query; throws if it is invalid. */
export function requireSelectors(selector: unknown): Selector[] {
  const found = typeof selector === "string" ? parseSelectors(selector) : undefined;
  if (found) return found;
  const expected = "expected #id, .class, a tag, or such after each other, with > or >>> between";
  throw new CanvasError("INVALID", `selector: ${expected}, got ${show(selector)}`);
}

function parseOne(text: string): Selector | undefined {
  const steps: Step[] = [];
  let [at, specificity, isTagsOnly, combinator] = [0, 0, true, ""];
  for (;;) {
    const tests: Test[] = [];
    for (;;) {
      PART.lastIndex = at;
      const match = PART.exec(text);
      if (!match) break;
      const part = parsePart(match);
      if (!part) return undefined;
      tests.push(part.test);
      specificity += part.weight;
      isTagsOnly &&= part.weight <= 1;
      at += match[0].length;
    }
    if (tests.length === 0) return undefined;
    steps.unshift({ combinator, tests });
    if (at === text.length) break;
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (!match) return undefined;
    combinator = match[1]?.trim() || " ";
    at += match[0].length;
  }
  return { steps, specificity, isTagsOnly, isHost: text === ":host" };
}

function parsePart(match: RegExpExecArray): { test: Test; weight: number } | undefined {
  const [, kind, escaped, star, attribute, operator, value, pseudo] = match;
  if (star) return { test: () => true, weight: 0 };
  if (attribute) return { test: attributeTest(attribute, operator, value), weight: 1000 };
  if (pseudo) {
    const test = pseudoTest(pseudo);
    return test && { test, weight: 1000 };
  }
  const name = (escaped as string).replace(/\\(.)/g, "$1");
  if (kind === "#") return { test: ({ id }) => id === name, weight: 1_000_000 };
  if (kind === ".") return { test: (node) => classesOf(node).includes(name), weight: 1000 };
  return { test: (node) => tagOf(node) === name, weight: 1 };
}

function attributeTest(name: string, operator = "", quoted = ""): Test {
  const value = quoted.replace(/^(["'])(.*)\1$/, "$2");
  return (node) => {
    const given = memberOf(node, name);
    if (given === undefined || given === null) return false;
    const text = String(given);
    if (operator === "") return true;
    if (operator === "=") return text === value;
    if (operator === "^=") return text.startsWith(value);
    if (operator === "$=") return text.endsWith(value);
    if (operator === "*=") return text.includes(value);
    return text.split(/\s+/).includes(value);
  };
}

/**
 * The test of `:not`, or of a pseudo-class for a place among siblings. Others, such as `:hover`,
 * match nothing.
 */
function pseudoTest(pseudo: string): Test | undefined {
  if (pseudo === ":first-child") return (node) => siblings(node)[0] === node;
  if (pseudo === ":last-child") return (node) => siblings(node).at(-1) === node;
  if (pseudo === ":host") return () => true;
  if (pseudo === ":root") return (node) => hostOf(node) === undefined;
  const inner = /^:not\((.+)\)$/.exec(pseudo)?.[1];
  const negated = inner && parseSelectors(inner);
  if (negated) return (node) => !negated.some((one) => matches(node, one));
  const place = /^:nth-child\((\d+)\)$/.exec(pseudo);
  if (place) return (node) => siblings(node)[Number(place[1]) - 1] === node;
  return undefined;
}

function siblings(node: TreeNode): TreeNode[] {
  const above = parentOf(node) ?? node.ownerShadowRoot;
  if (!above) return [node];
  const parent = parentOf(node);
  return descendants(above).filter(
    (one) => one.ownerShadowRoot === node.ownerShadowRoot && parentOf(one) === parent,
  );
}

/** Whether the selector matches the node. Only `>>>` leads out of components. */
export function matches(node: TreeNode, { steps }: Selector): boolean {
  return matchesFrom(node, steps, 0);
}

function matchesFrom(node: TreeNode, steps: Step[], at: number): boolean {
  const step = steps[at];
  if (!step?.tests.every((test) => test(node))) return false;
  const { combinator } = step;
  if (combinator === "") return true;
  for (const candidate of above(node, combinator)) {
    if (matchesFrom(candidate, steps, at + 1)) return true;
  }
  return false;
}

/** The nodes that the step before may match. */
function* above(node: TreeNode, combinator: string): Generator<TreeNode> {
  if (combinator === "+" || combinator === "~") {
    const all = siblings(node);
    const before = all.slice(0, all.indexOf(node)).reverse();
    yield* combinator === "+" ? before.slice(0, 1) : before;
    return;
  }
  let current: TreeNode | undefined = node;
  for (;;) {
    const parent: TreeNode | undefined = current && parentOf(current);
    current = parent ?? (current && outside(current, combinator));
    if (!current) return;
    yield current;
    if (combinator === ">") return;
  }
}

/** What is above the top of a tree: the page above its own nodes, and for `>>>` each component. */
function outside(node: TreeNode, combinator: string): TreeNode | undefined {
  const host = hostOf(node);
  return host && (combinator === ">>>" || !hostOf(host)) ? host : undefined;
}

/**
 * The nodes that a selector matches in the tree of the component, and with `>>>` in those below.
 */
export function select(root: TreeNode, selectors: Selector[]): TreeNode[] {
  const own = root.asGeneralComponent()?.getShadowRoot();
  return descendants(root).filter((node) =>
    selectors.some(({ steps, ...rest }) => {
      const crosses = steps.some(({ combinator }) => combinator === ">>>");
      return (crosses || node.ownerShadowRoot === own) && matches(node, { steps, ...rest });
    }),
  );
}
