// Parses WXSS files to rules, with only the declarations that sizes and places depend on.
import { dirname, join } from "node:path";
import { CanvasError, show } from "../../errors.ts";
import { cyclic } from "../files/cyclic.ts";
import { derived, isFile } from "../files/source.ts";
import { parseSelectors, type Selector } from "../framework/selector.ts";
import { type CssNode, parseCss } from "../peers.ts";

/** A rule with its relevant declarations. */
export interface Rule {
  selectors: Selector[];
  declarations: Declaration[];
  /** The conditions of the `@media` rules around it. */
  media: string[];
}

export interface Declaration {
  property: string;
  value: string;
  isImportant: boolean;
}

interface Sheet {
  imports: string[];
  rules: Rule[];
}

const PROPERTIES =
  /^(--.*|((min|max)-)?(width|height)|(padding|margin|border)(-.*)?|position|inset|left|right|top|bottom|display|flex(-.*)?|((row|column)-)?gap|align-(items|self)|box-sizing|aspect-ratio|font|font-size)$/;

/**
 * The rules of a file, after those of the files that it imports; none if the file does not exist.
 */
export function rulesOf(path: string, root: string): Rule[] {
  const rules: Rule[] = [];
  const done = new Set<string>();
  const add = (file: string, importing: readonly string[]) => {
    if (importing.includes(file)) throw cyclic(importing, file);
    if (done.has(file)) return;
    done.add(file);
    const sheet = derived(file, "style", (text) => parse(text, file));
    for (const request of sheet.imports) {
      const place = request.startsWith("/") ? join(root, request) : join(dirname(file), request);
      const found = [place, `${place}.wxss`].find(isFile);
      if (found === undefined) {
        throw new CanvasError("SOURCE", `${file}: @import: there is no file ${show(place)}`);
      }
      add(found, [...importing, file]);
    }
    rules.push(...sheet.rules);
  };
  if (isFile(path)) add(path, []);
  return rules;
}

interface ParseError {
  message: string;
  line: number;
  column: number;
}

function parse(text: string, path: string): Sheet {
  const sheet: Sheet = { imports: [], rules: [] };
  const tree = parseCss(text, {
    positions: true,
    parseValue: false,
    parseRulePrelude: false,
    parseAtrulePrelude: false,
    onParseError({ message, line, column }: ParseError, { value }: { value?: unknown }) {
      // CSS has no such comments. As in browsers, they end with the next semicolon.
      if (String(value).startsWith("//")) return;
      throw new CanvasError("SOURCE", `${path}:${line}:${column}: ${message}`);
    },
  });
  addRules(sheet, tree.children, [], (block) => {
    const { offset, line } = (block.loc as NonNullable<CssNode["loc"]>).end;
    if (text[offset - 1] === "}") return;
    throw new CanvasError("SOURCE", `${path}:${line}: expected "}" before the end of the file`);
  });
  return sheet;
}

function addRules(
  sheet: Sheet,
  nodes: Iterable<CssNode> = [],
  media: string[],
  assertClosed: (block: CssNode & { block?: unknown }) => void,
): void {
  for (const node of nodes) {
    const prelude = node.prelude?.value ?? "";
    if (node.block) assertClosed(node.block as CssNode);
    if (node.type === "Rule") {
      const declarations = declarationsIn(node.block?.children);
      const selectors = declarations.length > 0 ? parseSelectors(prelude) : undefined;
      if (selectors) sheet.rules.push({ selectors, declarations, media });
    } else if (node.type === "Atrule" && node.name === "import") {
      const quoted = /^\s*(?:url\(\s*)?["']?([^"')\s]+)/.exec(prelude)?.[1];
      if (quoted !== undefined) sheet.imports.push(quoted);
    } else if (node.type === "Atrule" && node.name === "media") {
      addRules(sheet, node.block?.children, [...media, prelude], assertClosed);
    } else if (node.type === "Atrule" && ["supports", "layer"].includes(node.name as string)) {
      addRules(sheet, node.block?.children, media, assertClosed);
    }
  }
}

/** The declarations of a `style` attribute; invalid ones are left out, as on a phone. */
export function inlineStyle(text: string): Declaration[] {
  if (text === "") return [];
  const options = { context: "declarationList", parseValue: false };
  return declarationsIn(parseCss(text, options).children);
}

function declarationsIn(nodes: Iterable<CssNode> = []): Declaration[] {
  const declarations: Declaration[] = [];
  for (const { type, property = "", value, important } of nodes) {
    const name = property.startsWith("--") ? property : property.toLowerCase();
    if (type !== "Declaration" || !PROPERTIES.test(name)) continue;
    declarations.push({
      property: name,
      value: (value as { value: string }).value.trim(),
      isImportant: Boolean(important),
    });
  }
  return declarations;
}
