// Loads the pages and components of a project: .json, WXML, WXSS, code and used components.
import { CanvasError } from "../errors.ts";
import { fileOf, type ProjectConfig, pathOf, readConfig, usedComponents } from "./files/config.ts";
import { isFile } from "./files/source.ts";
import { compileTemplate } from "./files/template.ts";
import type { Definition } from "./framework/definition.ts";
import type { Class } from "./realm/realm.ts";
import type { Runtime } from "./runtime.ts";
import type { ComponentStyles, ProjectStyles } from "./styles/cascade.ts";
import { rulesOf } from "./styles/sheet.ts";

export interface Components {
  /** Loads a page or component and all that it uses, unless it is already loaded. */
  load(path: string, kind: "components" | "pages"): void;
  readonly styles: ProjectStyles;
}

export function createComponents(runtime: Runtime, project: ProjectConfig): Components {
  const { root } = project;
  const { framework, realm } = runtime;
  const styles = new Map<string, ComponentStyles>();
  const loaded = new Set<string>();

  function load(path: string, kind: "components" | "pages"): void {
    if (loaded.has(path)) return;
    // Added before the components it uses are loaded: a component may use itself.
    loaded.add(path);
    try {
      loadNew(path, kind);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
  }

  function loadNew(path: string, kind: "components" | "pages"): void {
    const file = fileOf(path, root);
    if (![".js", ".ts"].some((ending) => isFile(file + ending))) {
      throw new CanvasError("SOURCE", `there is no file ${file}.js`);
    }
    const config = readConfig(file);
    const used = usedComponents(file, config, project);
    const paths = [...used].map(([tag, at]) => [tag, `/${pathOf(at, root)}`]);
    const { componentPlaceholder: _, ...rest } = config;
    framework.prepare(path, {
      config: {
        ...rest,
        component: kind === "components",
        usingComponents: Object.fromEntries(paths),
        componentGenerics: genericsOf(config, file),
      },
      template: templateOf(path),
    });
    for (const at of used.values()) load(pathOf(at, root), "components");
    const ran = runtime.run(file);
    const definition = ran.components.at(-1) ?? ran.pages.at(-1);
    if (!definition && !framework.has(path)) {
      throw new CanvasError("SOURCE", `${file}.js: expected a call of Page or Component`);
    }
    if (definition) {
      framework.register(path, definition, ran.components.length > 0 ? "components" : "pages");
    }
    const rules = rulesOf(`${file}.wxss`, root);
    const isolation = isolationOf(config, definition, kind);
    styles.set(path, { rules, isolation, uncompiled: uncompiledOf(file) });
  }

  function registerNothing(): void {
    if (framework.has(NOTHING)) return;
    framework.register(NOTHING, {}, "components");
    styles.set(NOTHING, { rules: [], isolation: "isolated" });
  }

  /** Generic components with a default; the default's path is made absolute. */
  function genericsOf(config: Definition, file: string): object {
    const generics = Object.entries((config.componentGenerics ?? {}) as Record<string, unknown>);
    return Object.fromEntries(
      generics.map(([name, generic]) => {
        const path = (generic as { default?: unknown } | null)?.default;
        if (typeof path !== "string") {
          registerNothing();
          return [name, { default: `/${NOTHING}` }];
        }
        const components = { usingComponents: { [name]: path } };
        const at = usedComponents(file, components, { ...project, components: {} }).get(name);
        load(pathOf(at as string, root), "components");
        return [name, { default: `/${pathOf(at as string, root)}` }];
      }),
    );
  }

  function templateOf(path: string) {
    const script = compileTemplate(path, root);
    if (!script) return undefined;
    const make =
      (name: string) =>
      (...args: unknown[]) =>
        Reflect.construct(realm.classes[name] as Class, args);
    const { callHandler, changeListener } = framework;
    const groups = realm.run(script)(make("RegExp"), make("Date"), callHandler, changeListener);
    return { groups: groups as Definition, content: (groups as Definition)[path] };
  }

  return {
    load,
    styles: {
      app: rulesOf(fileOf("app.wxss", root), root),
      of: (path) => styles.get(path) as ComponentStyles,
      shared: () =>
        [...styles.values()]
          .filter(({ isolation }) => isolation === "shared")
          .flatMap(({ rules }) => rules),
    },
  };
}

/** The file of its styles, if only the developer tools compile it. */
function uncompiledOf(file: string): string | undefined {
  if (isFile(`${file}.wxss`)) return undefined;
  return [".less", ".scss", ".sass", ".styl"].map((ending) => file + ending).find(isFile);
}

/** The path of an empty component, used where no component is given for a generic one. */
const NOTHING = "generic/nothing";

/** https://developers.weixin.qq.com/miniprogram/dev/framework/custom-component/wxml-wxss.html */
function isolationOf(
  config: Definition,
  definition: Definition | undefined,
  kind: "components" | "pages",
): string {
  const options = definition?.options ?? {};
  const said = config.styleIsolation ?? options.styleIsolation;
  if (typeof said === "string") return said;
  if (kind === "pages") return "page";
  return (config.addGlobalClass ?? options.addGlobalClass) ? "apply-shared" : "isolated";
}
