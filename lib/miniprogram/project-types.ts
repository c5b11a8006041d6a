// The options of projects and pages, and what a project can do.
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
   * Sizes of canvases by their selectors, in logical pixels, for those that only a layout could
   * tell: `{ "#poster": { width: 300, height: 400 } }`. They win over styles.
   */
  sizes?: Sizes | undefined;
  /**
   * Further functions of `wx`, or others than the host's, by name: `{ request(options) { … } }`,
   * with groups of them such as `cloud`. Each returns the result, or a promise of it, or throws;
   * the library calls success, fail and complete. Names that WeChat answers at once, such as
   * `getAccountInfoSync`, return to the code as they are.
   */
  api?: Answers | undefined;
  /** Further names that the files see. */
  globals?: Record<string, unknown> | undefined;
  /**
   * Called with what code throws outside of a call that waits for it. Default: the host's
   * `onError`.
   */
  onError?: Report | undefined;
}

/** How a page is opened. */
export interface PageOptions {
  /** What its onLoad is given besides the query in its path. */
  query?: Record<string, string> | undefined;
  /** As of the project, for this page. */
  sizes?: Sizes | undefined;
}

/** A mini-program's project. */
export interface Project extends Disposable {
  /**
   * Opens a page: its components are mounted, its lifecycle runs, its canvases can be drawn on.
   *
   * @param path as in app.json, with a query: `"pages/poster/poster?id=7"`. Values are not decoded,
   * as on a phone
   * @throws {CanvasError} by rejection: `SOURCE` for files that are missing or do not compile, and
   * for what the page's code throws, with file and line; `INVALID` for a canvas without a size
   */
  openPage(path: string, options?: PageOptions): Promise<Page>;
  /** What `getApp` gives. */
  readonly app: Definition;
  /** The paths of its pages, those of subpackages too. */
  readonly pages: readonly string[];
  /** Closes its pages and stops its timers; the host does it when it is disposed. */
  dispose(): void;
}
