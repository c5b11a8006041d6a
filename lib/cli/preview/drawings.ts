// Draws the cases of a preview in processes that are renewed at each change, and keeps the last
// pictures.
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { CanvasError, toCanvasError } from "../../errors.ts";
import {
  createRenderer,
  type Format,
  type PosterCalls,
  type PosterWarning,
  type Renderer,
} from "../../posters/index.ts";
import { isInside } from "./inside.ts";
import { explainProblem, type Problem } from "./problem.ts";
import {
  acceptedPath,
  casesBeside,
  designOf,
  findSubjects,
  projectOf,
  type Subject,
} from "./subjects.ts";

/** The result of drawing a case: a picture, or a problem. */
export interface Drawn {
  /** Its bytes are at `/pictures/<id>`. */
  id?: string;
  width?: number;
  height?: number;
  bytes?: number;
  type?: string;
  warnings?: PosterWarning[];
  stages?: Record<string, number>;
  problem?: Problem;
  /** Milliseconds from the request to the picture. */
  time: number;
}

/** The description of a poster: everything but its pictures. */
export interface Described {
  cases: Record<string, unknown>;
  schema?: unknown;
  problem?: Problem;
}

export interface Drawings {
  list(): string[];
  describe(name: string): Promise<Described>;
  draw(name: string, data: unknown, format: Format): Promise<Drawn>;
  calls(name: string, data: unknown): Promise<PosterCalls | { problem: Problem }>;
  picture(id: string): Uint8Array | undefined;
  design(name: string, testCase: string): string | undefined;
  /** Makes a drawn PNG the baseline of its case; returns its path, or undefined for a JPEG. */
  accept(name: string, testCase: string, id: string): string | undefined;
  /** After a change: looks for the posters again, and has new processes draw them. */
  refresh(): void;
  close(): Promise<void>;
}

/** Milliseconds without work before processes start for the next change: the page shows first. */
const START_AFTER = 250;

/** Number of pictures that are kept for the page. */
const KEPT = 60;

export interface DrawingsOptions {
  processes: number;
  timeout: number;
  /**
   * Whether files change meanwhile: processes then tell which they use, and their successors wait.
   */
  isWatching: boolean;
}

type Drawer = Pick<Renderer, "render" | "describe" | "calls" | "close">;

/** Processes that have loaded no module yet, or only modules as they are since the last change. */
interface Generation {
  renderer: Drawer;
  /** Aborted when files have changed: what it still draws is out of date. */
  stale: AbortController;
  /** Number of jobs under way. */
  active: number;
  isUsed: boolean;
}

export function createDrawings(
  given: string,
  { isWatching, ...options }: DrawingsOptions,
): Drawings {
  const project = projectOf(given);
  let subjects = findSubjects(given);
  let current = start();
  /** Started when the pictures are drawn, so that it is warm at the next change. */
  let next: Generation | undefined;
  let starting: NodeJS.Timeout | undefined;
  const closing = new Set<Promise<void>>();
  const pictures = new Map<string, Uint8Array>();

  function start(): Generation {
    const posters = Object.fromEntries([...subjects].map(([name, { place }]) => [name, place]));
    const stale = new AbortController();
    try {
      const renderer = createRenderer({ ...options, posters, warm: true, files: isWatching });
      // A process that cannot start fails its jobs, too.
      renderer.ready.catch(() => {});
      return { renderer, stale, active: 0, isUsed: false };
    } catch (error) {
      // The last poster is gone, perhaps for as long as another branch is checked out.
      return { renderer: failing(error), stale, active: 0, isUsed: true };
    }
  }

  function end(generation: Generation | undefined): void {
    generation?.stale.abort();
    const ended = Promise.resolve(generation?.renderer.close());
    closing.add(ended);
    ended.then(() => closing.delete(ended));
  }

  function startNextSoon(): void {
    clearTimeout(starting);
    starting = setTimeout(() => {
      next ??= start();
      // One that could not be made is tried again at the next change.
      if (next.isUsed) next = undefined;
    }, START_AFTER);
  }

  async function work<Result>(
    name: string,
    ask: (renderer: Drawer, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | { problem: Problem }> {
    const generation = current;
    generation.isUsed = true;
    generation.active++;
    clearTimeout(starting);
    const result = await ask(generation.renderer, generation.stale.signal).catch(
      async (error: unknown) => ({ problem: await problemOf(error, name) }),
    );
    generation.active--;
    if (isWatching && generation.active === 0) startNextSoon();
    return result;
  }

  const subjectOf = (name: string) => subjects.get(name) as Subject;
  const problemOf = (error: unknown, name: string) => {
    const place = subjects.get(name)?.place;
    const module = typeof place === "string" ? pathToFileURL(place).href : undefined;
    return explainProblem(toCanvasError(error), project, module);
  };

  return {
    list: () => [...subjects.keys()],
    async describe(name) {
      const described = await work(name, async (renderer) => {
        const { cases, schema } = await renderer.describe(name);
        return { cases: { ...cases, ...casesBeside(subjectOf(name), project) }, schema };
      });
      return "problem" in described ? { cases: {}, ...described } : described;
    },
    async draw(name, data, format) {
      const begun = performance.now();
      const drawn = await work(name, (renderer, signal) =>
        renderer.render(name, data, { ...format, signal }),
      );
      const time = performance.now() - begun;
      if ("problem" in drawn) return { ...drawn, time };
      const { width, height, type, warnings, stages } = drawn;
      const id = randomUUID();
      pictures.set(id, drawn.data);
      for (const old of [...pictures.keys()].slice(0, -KEPT)) pictures.delete(old);
      return { id, width, height, type, bytes: drawn.data.length, warnings, stages, time };
    },
    calls: (name, data) => work(name, (renderer, signal) => renderer.calls(name, data, { signal })),
    picture: (id) => pictures.get(id),
    design(name, testCase) {
      const file = designOf(subjectOf(name), testCase);
      return file && isInside(project, file) ? file : undefined;
    },
    accept(name, testCase, id) {
      const bytes = pictures.get(id);
      // Baselines are PNG files.
      if (bytes?.[0] !== 0x89) return undefined;
      const path = acceptedPath(subjectOf(name), testCase);
      if (!isInside(project, path)) {
        throw new CanvasError("INVALID", `${path} is a link that leads out of the project`);
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return path;
    },
    refresh() {
      const names = [...subjects.keys()].join();
      try {
        subjects = findSubjects(given);
      } catch {
        // An editor may be replacing a file at this moment: the next change finds it.
      }
      const hasOthers = [...subjects.keys()].join() !== names;
      if (!current.isUsed && !hasOthers) return;
      end(current);
      if (hasOthers) end(next);
      current = (hasOthers ? undefined : next) ?? start();
      next = undefined;
    },
    async close() {
      clearTimeout(starting);
      end(current);
      end(next);
      await Promise.all(closing);
    },
  };
}

/** Stands for a renderer that cannot be made: says why. */
function failing(error: unknown): Drawer {
  const fail = () => Promise.reject(error);
  return { render: fail, describe: fail, calls: fail, close: () => Promise.resolve() };
}
