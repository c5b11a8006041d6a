// Opens a mini-program's project, whose pages run unchanged with their canvases mounted.
import { setMaxListeners } from "node:events";
import * as z from "zod/mini";
import { canIUse } from "../api/can-i-use.ts";
import { identified } from "../canvas/component-ids.ts";
import { CanvasError, invalid, show } from "../errors.ts";
import { contextOf, type Host } from "../host.ts";
import { dispose as disposeSymbol } from "../known-symbols.ts";
import { lazily } from "../late.ts";
import { selectorQuery } from "../nodes/selector-query.ts";
import { anObject, callback, checked } from "../option-parts.ts";
import { type Report, withApiName } from "../settle.ts";
import { parse, type SchemaOf } from "../validate.ts";
import { createWx } from "../wx.ts";
import { createAnimation } from "./api/animation.ts";
import { type Answers, answered } from "./api/answers.ts";
import { intersectionObservers } from "./api/intersection.ts";
import { createRequest } from "./api/request.ts";
import { surroundings } from "./api/surroundings.ts";
import { attributing } from "./attribution.ts";
import { createComponents } from "./components.ts";
import { fileOf, pathOf, plainPath, readProject, TAB_BAR } from "./files/config.ts";
import { isFile, lookingOnce } from "./files/source.ts";
import type { ComponentNode } from "./framework/glass-easel.ts";
import { rootOf } from "./framework/tree.ts";
import type { Sizes } from "./page/canvases.ts";
import { type Opened, openPage } from "./page/open-page.ts";
import type { Page } from "./page/page.ts";
import { findInTree } from "./page/query.ts";
import { createRecord } from "./page/record.ts";
import { createProjectContext } from "./project-context.ts";
import type { PageOptions, Project, ProjectOptions } from "./project-types.ts";
import { createRuntime } from "./runtime.ts";
import { sourceError } from "./source-error.ts";
import { createStyler } from "./styles/styler.ts";

/**
 * Opens an unchanged mini-program project: a folder with app.json, pages and components. Each call
 * runs its files in a new realm; files are read and compiled once in a process. It is for
 * trusted code: it is not a sandbox.
 *
 * @throws {CanvasError} by rejection: `SOURCE` when files or the packages for them are missing
 * @example
 * const project = await openMiniProgram(host, { root: "./miniprogram" });
 * const page = await project.openPage("pages/poster/poster?id=7");
 * const [picture] = await page.export();
 */
export function openMiniProgram(host: Host, options: ProjectOptions): Promise<Project> {
  return withApiName("openMiniProgram", async () => {
    try {
      return open(host, options);
    } catch (error) {
      throw sourceError(error);
    }
  });
}

const schema = lazily(() =>
  z.object({
    root: checked<string>((value) => typeof value === "string", "a path"),
    sizes: z._default(anObject<Sizes>(), {}),
    api: z._default(anObject<Answers>(), {}),
    globals: z._default(anObject<Record<string, unknown>>(), {}),
    onError: z.optional(callback<Report>()),
  } satisfies SchemaOf<ProjectOptions>),
);

const pageSchema = lazily(() =>
  z.object({
    query: z._default(anObject<Record<string, string>>(), {}),
    sizes: z._default(anObject<Sizes>(), {}),
  } satisfies SchemaOf<PageOptions>),
);

function open(given: Host, options: ProjectOptions): Project {
  const outer = contextOf(given);
  if (!outer) throw invalid("host", "a host of createHost", given);
  const read = parse(schema, options, { strict: "options" });
  outer.assertAlive();
  const { api, globals, sizes, onError = outer.settings.onError } = read;
  const config = lookingOnce(() => readProject(read.root));
  const { root } = config;

  const opened: Opened[] = [];
  let opening: Promise<unknown> = Promise.resolve();
  const pageOf = (component: object | undefined): Opened | undefined => {
    const node = (component as { _$?: ComponentNode } | undefined)?._$;
    if (!node) return opened.at(-1);
    const top = rootOf(node);
    return opened.find((one) => one.root === top);
  };
  const acting = attributing((args) => pageOf(args.map(asInstance).find(Boolean))?.record);

  const runtime = createRuntime({
    root,
    aliases: config.aliases,
    globals,
    report: onError,
    tabBarOf: (instance) => pageOf(instance)?.tabBar?.getMethodCaller() ?? null,
    pathOf: (file) => pathOf(file.replace(/\.[jt]s$/, ""), root),
  });
  const host = createProjectContext(outer, {
    root,
    timers: runtime.timers,
    pages: runtime.pages,
    report: onError,
    pageFolder() {
      const path = plainPath(opened.at(-1)?.page.path ?? "");
      return path.slice(0, path.lastIndexOf("/") + 1);
    },
    record: () => acting.now() ?? opened.at(-1)?.record,
  });
  const queries = selectorQuery(host, findInTree(pageOf));
  const wx = {
    ...createWx(host),
    ...queries,
    ...surroundings(host, config.appId),
    createAnimation,
    createIntersectionObserver: intersectionObservers(queries),
    request: createRequest(host),
    // An old property that is not in the typings; chart libraries compare it.
    version: { version: host.settings.device.SDKVersion },
    canIUse: (schema: unknown): boolean => canIUse(wx, schema),
    ...answered(host, api),
  };
  runtime.realm.define({
    wx: runtime.realm.own(acting.wrap(wx)),
    ...globals,
  });
  const components = createComponents(runtime, config);
  const styler = createStyler(host, components.styles);

  function dispose(): void {
    outer?.ending.removeEventListener("abort", dispose);
    for (const { page } of opened.toReversed()) {
      try {
        page.close();
      } catch {
        // The other pages are closed all the same.
      }
    }
    runtime.dispose();
  }
  // A host may have many projects, each with a listener: no warning.
  setMaxListeners(0, outer.ending);
  outer.ending.addEventListener("abort", dispose);

  async function openIt(url: string, options: PageOptions | undefined): Promise<Page> {
    const { query, sizes: own } = parse(pageSchema, options);
    outer?.assertAlive();
    if (runtime.isDisposed) throw new CanvasError("DISPOSED", "the mini-program has been disposed");
    const [path, asked] = readUrl(url, config.pages);
    const hasTabBar = config.tabPages.includes(path);
    lookingOnce(() => {
      components.load(path, "pages");
      if (hasTabBar) components.load(TAB_BAR, "components");
    });
    const record = createRecord();
    const all = runtime.realm.own({ ...asked, ...query }) as Record<string, unknown>;
    const { framework } = runtime;
    const { component, tabBar } = framework.attempt(() => {
      const tabBar = hasTabBar ? framework.create(TAB_BAR) : undefined;
      const component = framework.create(path, undefined, url);
      framework.setProperties(component, all);
      return { component, tabBar };
    });
    return openPage(
      {
        host,
        runtime,
        styler,
        component,
        tabBar,
        path,
        query: all,
        sizes: { ...sizes, ...own },
        record,
        closed: () => {
          const place = opened.findIndex((one) => one.root === component);
          if (place >= 0) opened.splice(place, 1);
        },
      },
      (one) => opened.push(one),
    );
  }

  try {
    const app = fileOf("app", root);
    if ([".js", ".ts"].some((ending) => isFile(app + ending))) runtime.run(app);
  } catch (error) {
    dispose();
    throw error;
  }

  return {
    openPage: (path, options) =>
      withApiName("openPage", async () => {
        try {
          // One after another, as on a phone.
          const page = opening.then(() => openIt(path, options));
          opening = page.catch(() => {});
          return await page;
        } catch (error) {
          throw sourceError(error);
        }
      }),
    get app() {
      return runtime.app;
    },
    pages: config.pages,
    dispose,
    [disposeSymbol]: dispose,
  };
}

function asInstance(value: unknown): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const instance = identified(value);
  return "_$" in instance ? instance : undefined;
}

/** The path and the query of a page's URL; values are not decoded, as on a phone. */
function readUrl(url: unknown, pages: readonly string[]): [path: string, query: object] {
  if (typeof url !== "string") throw invalid("path", "a path of app.json", url);
  const [given = "", search = ""] = url.split(/\?(.*)/s);
  const path = plainPath(given);
  if (!pages.includes(path)) {
    const hint = `app.json has ${pages.slice(0, 20).join(", ") || "none"}`;
    throw new CanvasError("SOURCE", `${show(path)}: it is not one of the pages of app.json`, {
      hint,
    });
  }
  const pairs = search.replace(/#.*/s, "").split("&").filter(Boolean);
  const query = pairs.map((pair) => {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    return [name, value];
  });
  return [path, Object.fromEntries(query)];
}
