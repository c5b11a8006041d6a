// Compiles WXML files with their imports, once in a process until one of them changes.
import { posix } from "node:path";
import type { Script } from "node:vm";
import { createCache } from "../../cache.ts";
import { CanvasError, show } from "../../errors.ts";
import { toJavaScript } from "../framework/wxs.ts";
import { type TemplateGroup, type TemplateMessage, templateCompiler } from "../peers.ts";
import { functionOf } from "../realm/compile.ts";
import { fileOf } from "./config.ts";
import { cyclic } from "./cyclic.ts";
import { isFile, readText, versionOf } from "./source.ts";

const PARAMETERS = { names: ["getRegExp", "getDate", "callHandler", "changeListener"] };

/**
 * The codes of errors that a phone ignores: unknown entities stay as they are, and what is between
 * the tags of `<slot>` and `<include>` is left out.
 *
 * https://github.com/wechat-miniprogram/glass-easel/blob/master/glass-easel-template-compiler/src/parse/mod.rs
 */
const IGNORED = new Set([0x10005, 0x10015]);

/** The codes of warnings that are errors on a phone: missing and surplus end tags. */
const REFUSED = new Set([0x10007, 0x1001f]);
/** Tags that are often written without an end. */
const UNCLOSED = ["input", "image", "import", "include"];

interface Compiled {
  script: Script;
  /** The files that the script is made of, with their versions. */
  files: [path: string, version: string][];
}

const compiled = createCache<Compiled>({
  maxBytes: 33_554_432,
  maxAgeMs: 3_600_000,
  // An estimate: 16 KiB for the script, and 200 bytes for each file.
  bytesOf: ({ files }) => 16_384 + 200 * files.length,
});

/** The script of a page's or component's WXML; undefined if it has none. */
export function compileTemplate(path: string, root: string): Script | undefined {
  const key = `${root}\n${path}`;
  const known = compiled().get(key);
  if (known?.files.every(([file, version]) => versionOf(file) === version)) return known.script;
  if (!isFile(`${fileOf(path, root)}.wxml`)) return undefined;
  const { TmplGroup } = templateCompiler();
  const group = new TmplGroup();
  try {
    const files = addAll(group, path, root);
    group.setExtraRuntimeScript("Q.A=changeListener;Q.C=callHandler;");
    const text = `return ${group.getTmplGenObjectGroups()}`;
    const script = scriptOf(text, `${fileOf(path, root)}.wxml`);
    compiled().set(key, { script, files: files.map((file) => [file, versionOf(file)]) });
    return script;
  } finally {
    group.free();
  }
}

function addAll(group: TemplateGroup, first: string, root: string): string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  const scripts = new Set<string>();

  function addTemplate(path: string, importing: readonly string[]): void {
    const file = existing(`${fileOf(path, root)}.wxml`, importing.at(-1) ?? "");
    // A file may import itself, for templates that call themselves.
    if (importing.includes(file) && importing.at(-1) !== file) throw cyclic(importing, file);
    if (seen.has(path)) return;
    seen.add(path);
    files.push(file);
    const text = readText(file);
    for (const one of group.addTmpl(path, text)) {
      if (!isFatal(one, text)) continue;
      const place = `${file}:${one.startLine + 1}:${one.startColumn + 1}`;
      throw new CanvasError("SOURCE", `${place}: ${one.message}`);
    }
    for (const script of group.getScriptDependencies(path)) addScript(script, file);
    for (const name of group.getInlineScriptModuleNames(path)) {
      const text = group.getInlineScript(path, name);
      group.setInlineScript(path, name, toJavaScript(text));
      addRequired(text, path, file);
    }
    for (const template of group.getDirectDependencies(path))
      addTemplate(template, [...importing, file]);
  }

  /** Adds a WXS script under the requested name, which may or may not have its extension. */
  function addScript(name: string, from: string): void {
    if (scripts.has(name)) return;
    scripts.add(name);
    const path = fileOf(name, root);
    const file = existing(path.endsWith(".wxs") ? path : `${path}.wxs`, from);
    files.push(file);
    const text = readText(file);
    group.addScript(name, toJavaScript(text));
    addRequired(text, name, file);
  }

  /** Adds the scripts that a script requires; `name` is where it is. */
  function addRequired(text: string, name: string, from: string): void {
    for (const [, request = ""] of text.matchAll(/\brequire\s*\(\s*["']([^"']+)["']\s*\)/g)) {
      const base = request.startsWith("/") ? "." : posix.dirname(name);
      addScript(posix.join(base, request).replace(/^\//, ""), from);
    }
  }

  addTemplate(first, []);
  return files;
}

function isFatal(given: TemplateMessage, text: string): boolean {
  const { isError, code, startLine, startColumn, endColumn } = given;
  if (!REFUSED.has(code)) return isError && !IGNORED.has(code);
  const tag = text.split("\n")[startLine]?.slice(startColumn, endColumn);
  return !UNCLOSED.includes(tag as string);
}

function existing(file: string, from: string): string {
  if (isFile(file)) return file;
  throw new CanvasError("SOURCE", `${from}: there is no file ${show(file)}`);
}

/**
 * The WXS script. The template compiler does not parse it: errors appear only when the result is
 * compiled.
 */
function scriptOf(text: string, file: string): Script {
  try {
    return functionOf(text, file, PARAMETERS);
  } catch (cause) {
    const reason = `${file}: its WXS does not compile: ${(cause as Error).message}`;
    throw new CanvasError("SOURCE", reason, { cause });
  }
}
