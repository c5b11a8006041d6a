// Draws the cases of a preview, each in its own process, and keeps the last pictures.
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { toCanvasError } from "../../errors.ts";
import {
  createRenderer,
  type Format,
  type PosterCalls,
  type PosterWarning,
  type Renderer,
} from "../../posters/index.ts";
import { explainProblem, type Problem } from "./problem.ts";
import { acceptedPath, casesBeside, designOf, findSubjects, type Subject } from "./subjects.ts";

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
  /** Looks for the posters of the folder again, after a change. */
  refresh(): void;
  close(): Promise<void>;
}

/** Number of pictures that are kept for the page. */
const KEPT = 60;

export interface DrawingsOptions {
  processes: number;
  timeout: number;
  /** Jobs after which a process is replaced: 1 where modules change meanwhile. */
  recycle: number;
  /** Whether the processes tell which files they use. */
  files: boolean;
}

export function createDrawings(given: string, options: DrawingsOptions): Drawings {
  let subjects = findSubjects(given);
  let renderer = start();
  const closing = new Set<Promise<void>>();
  const pictures = new Map<string, Uint8Array>();

  function start(): Renderer {
    const posters = Object.fromEntries([...subjects].map(([name, { place }]) => [name, place]));
    return createRenderer({ ...options, posters, warm: true });
  }

  const subjectOf = (name: string) => subjects.get(name) as Subject;
  const moduleOf = (name: string) => {
    const place = subjects.get(name)?.place;
    return typeof place === "string" ? pathToFileURL(place).href : undefined;
  };
  const problemOf = (error: unknown, name: string) =>
    explainProblem(toCanvasError(error), moduleOf(name));

  return {
    list: () => [...subjects.keys()],
    async describe(name) {
      try {
        const { cases, schema } = await renderer.describe(name);
        return { cases: { ...cases, ...casesBeside(subjectOf(name)) }, schema };
      } catch (error) {
        return { cases: {}, problem: await problemOf(error, name) };
      }
    },
    async draw(name, data, format) {
      const begun = performance.now();
      try {
        const picture = await renderer.render(name, data, format);
        const { width, height, type, warnings, stages } = picture;
        const id = randomUUID();
        pictures.set(id, picture.data);
        for (const old of [...pictures.keys()].slice(0, -KEPT)) pictures.delete(old);
        const time = performance.now() - begun;
        return { id, width, height, type, bytes: picture.data.length, warnings, stages, time };
      } catch (error) {
        return { problem: await problemOf(error, name), time: performance.now() - begun };
      }
    },
    async calls(name, data) {
      try {
        return await renderer.calls(name, data);
      } catch (error) {
        return { problem: await problemOf(error, name) };
      }
    },
    picture: (id) => pictures.get(id),
    design: (name, testCase) => designOf(subjectOf(name), testCase),
    accept(name, testCase, id) {
      const bytes = pictures.get(id);
      // Baselines are PNG files.
      if (bytes?.[0] !== 0x89) return undefined;
      const path = acceptedPath(subjectOf(name), testCase);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return path;
    },
    refresh() {
      let found: Map<string, Subject>;
      try {
        found = findSubjects(given);
      } catch {
        // An editor may be replacing a file at this moment: the next change finds it.
        return;
      }
      if ([...found.keys()].join() === [...subjects.keys()].join()) return;
      subjects = found;
      const ended = renderer.close();
      closing.add(ended);
      ended.then(() => closing.delete(ended));
      renderer = start();
    },
    async close() {
      await Promise.all([...closing, renderer.close()]);
    },
  };
}
