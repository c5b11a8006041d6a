// Reads a project's .json files: the folder of its package, its pages, components and aliases.
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { CanvasError, show } from "../../errors.ts";
import { type Aliases, resolvePath } from "./resolve.ts";
import { isFile, readJson } from "./source.ts";

type Json = Record<string, unknown>;

/** A project as its app.json describes it. */
export interface ProjectConfig {
  /** The folder of app.json. */
  root: string;
  /** The `appid` of project.config.json; empty if there is none. */
  appId: string;
  /** The paths of all pages, including those of subpackages. */
  pages: string[];
  aliases: Aliases;
  /** The pages with a tab bar of the mini-program's own, the component {@link TAB_BAR}. */
  tabPages: string[];
  /** `usingComponents` of app.json, available to every page and component. */
  components: Json;
}

/** Reads app.json in the folder, or in the one that project.config.json names. */
export function readProject(given: string): ProjectConfig {
  const folder = resolve(given);
  const { appid, miniprogramRoot } = readConfig(join(folder, "project.config"));
  const root = packageRoot(folder, miniprogramRoot);
  const app = readJson(join(root, "app.json"));
  const subpackages = listOf(app.subpackages ?? app.subPackages) as Json[];
  return {
    root,
    appId: typeof appid === "string" ? appid : "",
    pages: [
      ...listOf(app.pages).map(String),
      ...subpackages.flatMap((sub) =>
        listOf(sub?.pages).map((page) => plainPath(`${sub.root}/${page}`)),
      ),
    ],
    tabPages: tabPagesOf(objectOf(app.tabBar)),
    aliases: Object.entries(objectOf(app.resolveAlias)).map(([name, to]) => [name, String(to)]),
    components: objectOf(app.usingComponents),
  };
}

/** https://developers.weixin.qq.com/miniprogram/dev/framework/ability/custom-tabbar.html */
export const TAB_BAR = "custom-tab-bar/index";

function tabPagesOf({ custom, list }: Json): string[] {
  const tabs = custom === true ? (listOf(list) as (Json | null)[]) : [];
  return tabs.map((tab) => plainPath(String(tab?.pagePath)));
}

function packageRoot(folder: string, miniprogramRoot: unknown): string {
  const places = [
    folder,
    ...(typeof miniprogramRoot === "string" ? [join(folder, miniprogramRoot)] : []),
  ];
  // Sources and build may each have an app.json: the folder that the project names comes first.
  const found = places.reverse().find((place) => isFile(join(place, "app.json")));
  if (found !== undefined) return resolve(found);
  const hint = "root is the folder of app.json, or of a project.config.json with miniprogramRoot";
  throw new CanvasError("SOURCE", `root: there is no app.json in ${places.join(" or ")}`, { hint });
}

/** The content of the .json beside a page or component; an empty object if there is none. */
export function readConfig(file: string): Json {
  return isFile(`${file}.json`) ? readJson(`${file}.json`) : {};
}

/** The paths of the components that the page or component at `file` uses, by their tags. */
export function usedComponents(
  file: string,
  config: Json,
  project: ProjectConfig,
): Map<string, string> {
  const used = new Map<string, string>();
  const add = (components: Json, from: string) => {
    for (const [tag, path] of Object.entries(components)) {
      // Plug-ins exist on WeChat's servers only.
      if (typeof path !== "string" || /^[\w-]+:\/\//.test(path)) continue;
      used.set(tag, componentFile(path, from, tag, project));
    }
  };
  add(project.components, join(project.root, "app"));
  add(objectOf(config.usingComponents), file);
  return used;
}

/** The path of the component's files without their ending. */
function componentFile(path: string, from: string, tag: string, project: ProjectConfig): string {
  const look = (place: string) =>
    [place, join(place, "index")].find((one) =>
      [".js", ".ts", ".wxml", ".json"].some((ending) => isFile(one + ending)),
    );
  const found = resolvePath(path, from, project.root, project.aliases, look);
  if (found !== undefined) return found;
  const reason = `usingComponents: there is no component ${show(path)} for <${tag}>`;
  throw new CanvasError("SOURCE", `${from}.json: ${reason}`);
}

/** The prefix of framework paths for files outside of the root, since these paths have no `..`. */
const OUTSIDE = "outside";

/** The framework's path of a file: relative to the root. `file` has no extension. */
export function pathOf(file: string, root: string): string {
  const below = relative(root, file);
  const isOutside = below.startsWith("..") || isAbsolute(below);
  const path = isOutside ? `${OUTSIDE}${sep}${relative("/", file)}` : below;
  return path.split(sep).join("/");
}

/** The file of a framework's path. */
export function fileOf(path: string, root: string): string {
  return path.startsWith(`${OUTSIDE}/`) ? path.slice(OUTSIDE.length) : join(root, path);
}

/** The normalized path: `/pages//a/` becomes `pages/a`. */
export function plainPath(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
