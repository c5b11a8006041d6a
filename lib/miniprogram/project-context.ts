// A host as one mini-program sees it: its paths start from the program, and its calls are noted.

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { HostContext } from "../host-context.ts";
import { createPictures } from "../images/pictures.ts";
import { withStandIns } from "../images/stand-ins.ts";
import { createPaths, type Paths } from "../sources/paths.ts";
import type { PageRecord } from "./page/record.ts";
import type { Timers } from "./realm/timers.ts";

/** What the program's own host is made of. */
export interface ProjectParts {
  /** The folder of app.json. */
  root: string;
  timers: Timers;
  /** The instances of its open pages, the newest last. */
  pages: readonly object[];
  /** The folder of the page that is shown, below the root: relative paths start from it. */
  pageFolder(): string;
  /** Where the outcome of a call that begins now is noted. */
  record(): PageRecord | undefined;
}

export function createProjectContext(
  host: HostContext,
  { root, timers, pages, pageFolder, record }: ProjectParts,
): HostContext {
  const settings = { ...host.settings, root, page: root };
  const paths = followingPaths(
    (page) => createPaths({ ...settings, page }, host.directory),
    () => join(root, pageFolder()),
  );
  const noting =
    (api: string, options: unknown) =>
    <Result>(work: () => Promise<Result>) =>
    () => {
      const at = record();
      at?.began(api, options);
      const promise = work();
      promise.then(
        (result) => at?.succeeded(api, options, result),
        (error) => at?.failed(api, error),
      );
      return promise;
    };
  return {
    ...host,
    settings,
    paths,
    registry: {
      ...host.registry,
      // Without a component it is one of its own pages that is meant, whatever other projects show.
      find(canvasId, component) {
        const scopes = component === undefined ? [...pages].reverse() : [];
        for (const scope of scopes) {
          const found = host.registry.find(canvasId, scope);
          if (found) return found;
        }
        return host.registry.find(canvasId, component);
      },
    },
    pictures: withStandIns(
      createPictures({ settings, paths, directory: host.directory, ending: host.ending }),
      settings.onPicture,
    ),
    // Its frames are timers like others: they end with it, and idle waits for them.
    frames: {
      request: (callback) =>
        timers.scope.setTimeout(
          () => (callback as (time: number) => void)(performance.now()),
          1000 / 60,
        ),
      cancel: timers.scope.clearTimeout,
      stop: timers.stop,
    },
    track: (work) => host.track(noting("drawCanvas", undefined)(work)),
    answer: (api, options, work) => host.answer(api, options, noting(api, options)(work)),
  };
}

/** The paths of the page that is shown when one is asked for. */
function followingPaths(pathsOf: (page: string) => Paths, page: () => string): Paths {
  const known = new Map<string, Paths>();
  const now = () => {
    const folder = page();
    const paths = known.get(folder) ?? pathsOf(folder);
    known.set(folder, paths);
    return paths;
  };
  const names = Object.keys(now()) as (keyof Paths)[];
  return Object.fromEntries(
    names.map((name) => [name, (path: unknown) => now()[name](path as never)]),
  ) as unknown as Paths;
}
