// The public types of projects: their options and functions, and the options of pages.
import type { Report } from "../settle.ts";
import type { Answers } from "./api/answers.ts";
import type { Definition } from "./framework/definition.ts";
import type { Sizes } from "./page/canvases.ts";
import type { Page } from "./page/page.ts";

/** How a project is opened. */
export interface ProjectOptions {
  /** The folder of app.json, or that of a project.config.json that says where it is. */
  root: string;
  /**
   * Sizes of canvases in logical pixels by their selectors, needed where only a layout determines
   * them: `{ "#poster": { width: 300, height: 400 } }`. They win over styles.
   */
  sizes?: Sizes | undefined;
  /**
   * Functions of `wx` by name, new ones or replacements of the host's: `{ request(options) { … }
   * }`, and groups such as `cloud`. Each returns the result, or a promise of it, or throws; the
   * library calls success, fail and complete. Results of synchronous functions, such as
   * `getAccountInfoSync`, are returned as they are.
   */
  api?: Answers | undefined;
  /** Further global names for the files. */
  globals?: Record<string, unknown> | undefined;
  /**
   * Called with errors that the code throws outside of the caller's calls. Default: the host's
   * `onError`.
   */
  onError?: Report | undefined;
}

/** How a page is opened. */
export interface PageOptions {
  /** Added to the query of the path for onLoad. */
  query?: Record<string, string> | undefined;
  /** Sizes as in the project's options, for this page. */
  sizes?: Sizes | undefined;
}

/** A mini-program's project. */
export interface Project extends Disposable {
  /**
   * Opens a page: mounts its components and canvases, and runs its lifecycle.
   *
   * @param path as in app.json, with a query: `"pages/poster/poster?id=7"`. Values are not decoded,
   * as on a phone
   * @throws {CanvasError} by rejection: `SOURCE` for files that are missing or do not compile, and
   * for what the page's code throws, with file and line; `INVALID` for a canvas without a size
   */
  openPage(path: string, options?: PageOptions): Promise<Page>;
  /** The result of `getApp`. */
  readonly app: Definition;
  /** The paths of its pages, including those of subpackages. */
  readonly pages: readonly string[];
  /** Closes its pages and stops its timers. Disposing the host does so, too. */
  dispose(): void;
}
