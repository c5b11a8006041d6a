// Finds the declarations that apply to a node: by specificity and order, with WeChat's style
// isolation.
import type { TreeNode } from "../framework/glass-easel.ts";
import { matches } from "../framework/selector.ts";
import { classesOf, composedParentOf, hostOf, rootOf } from "../framework/tree.ts";
import { mediaHolds, type Screen } from "./media.ts";
import { type Declaration, inlineStyle, type Rule } from "./sheet.ts";

/** The styles of one component or page, and their isolation from other styles. */
export interface ComponentStyles {
  rules: Rule[];
  /** `styleIsolation` of its .json or its options, or the default. */
  isolation: string;
  /** The file of further styles that is not read, since only the developer tools compile it. */
  uncompiled?: string | undefined;
}

/** The styles of a mini-program. */
export interface ProjectStyles {
  app: Rule[];
  of(path: string): ComponentStyles;
  /** The rules of the components whose styles are `shared`. */
  shared(): Rule[];
}

/** The declared values of a node by property; `padding` and similar ones are split into sides. */
export type Declared = ReadonlyMap<string, string>;

/** Returns a function for the declared values of nodes; it is valid until the tree changes. */
export function createCascade(styles: ProjectStyles, screen: Screen): (node: TreeNode) => Declared {
  const known = new Map<TreeNode, Declared>();
  return (node) => {
    const before = known.get(node);
    if (before) return before;
    const declared = declaredValues(node, styles, screen);
    known.set(node, declared);
    return declared;
  };
}

type Weighed = Declaration & { weight: number };

const INLINE = 1_000_000_000;
const IMPORTANT = 1_000_000_000_000;

function declaredValues(node: TreeNode, styles: ProjectStyles, screen: Screen): Declared {
  const found: Weighed[] = [];
  const add = (declarations: Declaration[], weight: number) => {
    for (const one of declarations) {
      found.push({ ...one, weight: weight + (one.isImportant ? IMPORTANT : 0) });
    }
  };
  for (const one of [node, ...standIns(node)]) {
    for (const { rules, only } of sheetsFor(one, styles)) {
      for (const { selectors, declarations, media } of rules) {
        if (!media.every((query) => mediaHolds(query, screen))) continue;
        const fitting = selectors.filter(
          (selector) =>
            selector.isHost === (only === "host") &&
            (only !== "tags" || selector.isTagsOnly) &&
            matches(one, selector),
        );
        if (fitting.length > 0) {
          add(declarations, Math.max(...fitting.map(({ specificity }) => specificity)));
        }
      }
    }
  }
  add(inlineStyle(node.style), INLINE);
  // Sorting is stable: with equal weight, the later declaration wins.
  found.sort((a, b) => a.weight - b.weight);
  const declared = new Map<string, string>();
  for (const { property, value } of found) {
    for (const [name, part] of longhands(property, value)) declared.set(name, part);
  }
  return declared;
}

/**
 * For a node with external classes: stand-ins with the given classes at its component's place, so
 * that the selectors of the giving component match.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/framework/custom-component/wxml-wxss.html
 */
function standIns(node: TreeNode): TreeNode[] {
  const host = hostOf(node);
  const external = host?.getExternalClasses() ?? {};
  const given = classesOf(node).flatMap((name) => external[name] ?? []);
  if (!host || given.length === 0) return [];
  const members = { class: { value: given.join(" ") }, asGeneralComponent: { value: () => null } };
  const standIn: TreeNode = Object.create(host, members);
  return [standIn, ...standIns(standIn)];
}

/** The rules that reach a node: all of a sheet, only those with tag selectors, or only `:host`. */
type Reaching = { rules: Rule[]; only: "all" | "tags" | "host" };

/** https://developers.weixin.qq.com/miniprogram/dev/framework/custom-component/wxml-wxss.html */
function sheetsFor(node: TreeNode, { app, of, shared }: ProjectStyles): Reaching[] {
  const component = node.asGeneralComponent();
  const host = hostOf(node);
  const own: Reaching[] =
    component && host ? [{ rules: of(component.is).rules, only: "host" }] : [];
  const root = rootOf(node);
  const page = of(root.is);
  const appReaches = page.isolation !== "page-isolated";
  if (!host || host === root) {
    return [
      { rules: appReaches ? app : [], only: "all" },
      { rules: appReaches ? shared() : [], only: "all" },
      { rules: page.rules, only: "all" },
      ...own,
    ];
  }
  const { rules, isolation } = of(host.is);
  const isShared = isolation === "shared" || isolation === "apply-shared";
  const only = isShared ? "all" : "tags";
  return [
    { rules: app, only },
    { rules: isShared ? shared() : [], only: "all" },
    { rules: page.isolation.startsWith("page-") && isShared ? [] : page.rules, only },
    { rules, only: "all" },
    ...own,
  ];
}

const SIDES = ["top", "right", "bottom", "left"] as const;

/** Splits a shorthand: `padding: 1px 2px` into its sides; of `font`, only the size. */
function longhands(property: string, value: string): [string, string][] {
  const parts = value.match(/[^\s(]+(?:\([^)]*\))?/g) ?? [];
  if (property === "gap") {
    const [row = "0", column = row] = parts;
    return [
      ["row-gap", row],
      ["column-gap", column],
    ];
  }
  if (/^(padding|margin|inset|border-width)$/.test(property)) {
    const [top = "0", right = top, bottom = top, left = right] = parts;
    const values = [top, right, bottom, left];
    return SIDES.map((side, i) => [sideOf(property, side), values[i] as string]);
  }
  const border = /^border(-top|-right|-bottom|-left)?$/.exec(property);
  if (border) {
    const width = /(?:^|\s)([\d.]+[a-z]+|0)(?=\s|$)/.exec(value)?.[1] ?? "0";
    const sides = border[1] ? [border[1].slice(1)] : SIDES;
    return sides.map((side) => [`border-${side}-width`, width]);
  }
  if (property === "font") {
    const size = /(?:^|\s)([\d.]+(?:[a-z]+|%))(?=[\s/])/i.exec(value)?.[1];
    return size === undefined ? [] : [["font-size", size]];
  }
  return [[property, value]];
}

function sideOf(property: string, side: string): string {
  if (property === "inset") return side;
  return property === "border-width" ? `border-${side}-width` : `${property}-${side}`;
}

/** The value with each `var(--name)` replaced, from the node or its ancestors. */
export function withVariables(
  value: string,
  node: TreeNode,
  declaredOf: (node: TreeNode) => Declared,
): string {
  let text = value;
  // Variables may use variables, up to 8 levels deep; in a circle they have no value.
  for (let depth = 0; depth < 8 && text.includes("var("); depth++) {
    text = text.replace(
      /var\(\s*(--[\w-]+)\s*(?:,([^()]*(?:\([^()]*\)[^()]*)?))?\)/g,
      (_, name, fallback = "") => {
        for (let at: TreeNode | undefined = node; at; at = composedParentOf(at)) {
          const found = declaredOf(at).get(name);
          if (found !== undefined) return found;
        }
        return fallback.trim();
      },
    );
  }
  return text;
}
