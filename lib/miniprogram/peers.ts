// The optional packages of lib/miniprogram, each loaded when it is first needed.
import { peer, require } from "../require.ts";

/** The used part of glass-easel-template-compiler. */
export interface TemplateCompiler {
  TmplGroup: new () => TemplateGroup;
}

/** A template with everything that it imports. */
export interface TemplateGroup {
  addTmpl(path: string, text: string): TemplateMessage[];
  addScript(path: string, text: string): void;
  getDirectDependencies(path: string): string[];
  getScriptDependencies(path: string): string[];
  getInlineScriptModuleNames(path: string): string[];
  getInlineScript(path: string, name: string): string;
  setInlineScript(path: string, name: string, text: string): void;
  setExtraRuntimeScript(text: string): void;
  getTmplGenObjectGroups(): string;
  free(): void;
}

/** A message of the compiler about a template; lines and columns count from 0. */
export interface TemplateMessage {
  isError: boolean;
  code: number;
  message: string;
  startLine: number;
  startColumn: number;
  endColumn: number;
}

/** A node of css-tree's syntax tree: a style sheet, a rule, an at-rule or a declaration. */
export interface CssNode {
  type: string;
  name?: string;
  property?: string;
  important?: boolean | string;
  value?: { value: string };
  prelude?: { value: string } | null;
  block?: { children: Iterable<CssNode> } | null;
  children?: Iterable<CssNode>;
  loc?: { end: { offset: number; line: number } } | null;
}

/** WeChat's component framework, in the version that this library is tested with. */
const FRAMEWORK =
  "glass-easel@0.12 glass-easel-miniprogram-adapter@0.12 glass-easel-template-compiler@1.1";

let framework: string[] | undefined;

/** The files of the framework, in the order in which each realm evaluates them. */
export function frameworkFiles(): string[] {
  framework ??= peer<string[]>(FRAMEWORK, "pages and components", () => [
    require.resolve("glass-easel"),
    require.resolve("glass-easel-miniprogram-adapter"),
  ]);
  return framework;
}

export function templateCompiler(): TemplateCompiler {
  return peer(FRAMEWORK, "WXML files", () => require("glass-easel-template-compiler"));
}

export function parseCss(text: string, options: object): CssNode {
  // Only the parser: loading all of css-tree takes ten times as long.
  const parse = peer<(text: string, options: object) => CssNode>("css-tree@3", "WXSS files", () =>
    require("css-tree/parser"),
  );
  return parse(text, options);
}

export function sucrase(what: string): typeof import("sucrase") {
  return peer("sucrase", what, () => require("sucrase"));
}
