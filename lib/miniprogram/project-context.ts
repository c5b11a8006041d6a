// Makes the host context of one mini-program: paths start from its folder, and calls are recorded.

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { FRAME_MS } from "../canvas/animation-frames.ts";
import type { HostContext } from "../host-context.ts";
import { createPictures } from "../images/pictures.ts";
import { withStandIns } from "../images/stand-ins.ts";
import { answering, type Report } from "../settle.ts";
import { createPaths, type Paths } from "../sources/paths.ts";
import type { PageRecord } from "./page/record.ts";
import type { Timers } from "./realm/timers.ts";

/** The parts of a mini-program that its host context needs. */
export interface ProjectParts {
  /** The folder of app.json. */
  root: string;
  timers: Timers;
  /** The instances of its open pages, the newest last. */
  pages: readonly object[];
  /** The folder of the page that is shown, below the root: relative paths start from it. */
  pageFolder(): string;
  /** Takes the errors that its code throws, and failures that it does not handle. */
  report: Report | undefined;
  /** The record for the outcome of a call that begins now. */
  record(): PageRecord | undefined;
}

export function createProjectContext(
  host: HostContext,
  { root, timers, pages, pageFolder, report, record }: ProjectParts,
): HostContext {
  const settings = { ...host.settings, root, page: root, onError: report };
  const answer = answering(host.track, report);
  const paths = followingPaths(
    (page) => createPaths({ ...settings, page }, host.directory),
    () => join(root, pageFolder()),
  );
  const recording =
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
  const pictureHost = { ...host, settings, paths };
  return {
    ...host,
    settings,
    paths,
    registry: {
      ...host.registry,
      // Without a component, search the pages of this project first: other projects may show pages
      // too.
      find(canvasId, component) {
        const scopes = component === undefined ? [...pages].reverse() : [];
        for (const scope of scopes) {
          const found = host.registry.find(canvasId, scope);
          if (found) return found;
        }
        return host.registry.find(canvasId, component);
      },
    },
    pictures: withStandIns(createPictures(pictureHost), pictureHost),
    // Animation frames are ordinary timers: they end with the project, and idle waits for them.
    frames: {
      request: (callback) =>
        timers.scope.setTimeout(
          () => (callback as (time: number) => void)(performance.now()),
          FRAME_MS,
        ),
      cancel: timers.scope.clearTimeout,
      stop: timers.stop,
    },
    track: (work) => host.track(recording("drawCanvas", undefined)(work)),
    answer: (api, options, work) => answer(api, options, recording(api, options)(work)),
  };
}

/** Paths that follow the page: each call resolves against the page shown at that moment. */
function followingPaths(pathsOf: (page: string) => Paths, page: () => string): Paths {
  const known = new Map<string, Paths>();
  const now = () => {
    const folder = page();
    const paths = known.get(folder) ?? pathsOf(folder);
    known.set(folder, paths);
    return paths;
  };
  const names = Object.keys(now()) as (keyof Paths)[];
  const following = names.map((name) => [
    name,
    (...args: unknown[]) => Reflect.apply(now()[name], undefined, args),
  ]);
  return Object.fromEntries(following) as Paths;
}
