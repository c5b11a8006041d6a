// Mini-program projects that are written for one test, and opened.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Host, HostOptions } from "../../lib/index.ts";
import {
  openMiniProgram,
  type Page,
  type Project,
  type ProjectOptions,
} from "../../lib/miniprogram/index.ts";
import { withHost } from "./hosts.ts";

/** Files by their paths below the project's folder; objects are written as JSON. */
export type Files = Record<string, string | object>;

/** A folder with the files, for as long as the test runs. */
export async function withFolder<T>(
  files: Files,
  test: (root: string) => Promise<T> | T,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "spec-"));
  try {
    await write(root, files);
    return await test(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

export async function write(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await writeFile(join(root, path), text);
  }
}

export interface Opened {
  host: Host;
  project: Project;
  root: string;
}

/** A project of the files; without an app.json, its pages are the files `pages/…/….js`. */
export function withProject<T>(
  files: Files,
  test: (opened: Opened) => Promise<T> | T,
  { host: hostOptions, ...options }: Partial<ProjectOptions> & { host?: HostOptions } = {},
): Promise<T> {
  const pages = Object.keys(files).flatMap((path) => /^(pages\/.*)\.js$/.exec(path)?.[1] ?? []);
  return withFolder({ "app.json": { pages }, ...files }, (root) =>
    withHost(hostOptions ?? {}, async (host) => {
      const project = await openMiniProgram(host, { root, ...options });
      try {
        return await test({ host, project, root });
      } finally {
        project.dispose();
      }
    }),
  );
}

/** A project of one page, open. */
export function withPage<T>(
  { wxml = "", wxss, js = "Page({})", json, ...files }: Files,
  test: (page: Page, opened: Opened) => Promise<T> | T,
  options: Parameters<typeof withProject>[2] & { query?: string } = {},
): Promise<T> {
  const { query = "", ...rest } = options;
  const all = {
    "pages/a.wxml": wxml,
    "pages/a.js": js,
    ...(wxss !== undefined && { "pages/a.wxss": wxss }),
    ...(json !== undefined && { "pages/a.json": json }),
    ...files,
  };
  return withProject(
    all,
    async (opened) => test(await opened.project.openPage(`pages/a${query}`), opened),
    rest,
  );
}
