// The public interface of an open page.
import type { ExportOptions } from "../../export/options.ts";
import type { Instance } from "../instance.ts";
import type { WaitOptions } from "./idle.ts";
import type { ExportedPicture } from "./pictures.ts";
import type { PageWarning } from "./record.ts";

/** An open page of a mini-program's project. */
export interface Page extends Disposable {
  /** What its code sees as `this`; as a component argument it means the page's own canvases. */
  readonly instance: Instance;
  /** A copy of its data. */
  // biome-ignore lint/suspicious/noExplicitAny: the page may have any members
  readonly data: Record<string, any>;
  /** Its path in the package, without a query. */
  readonly path: string;
  /**
   * What its user would have seen, and what was left out of its pictures: toasts, modals, pictures
   * that could not be loaded, requests that were refused.
   */
  readonly warnings: readonly PageWarning[];
  /**
   * The first component or canvas that the selector matches. For a component: its instance, or what
   * it exports. For a canvas: its node, or the engine's canvas behind a legacy canvas. `null` if
   * there is none.
   *
   * @param selector `#id`, `.class`, a tag; `.a .b`, `.a > .b`; `.a >>> .b` into components.
   * `#name` also matches the canvas with that canvas-id
   */
  // biome-ignore lint/suspicious/noExplicitAny: a component may be anything
  select(selector: string): any;
  /**
   * Dispatches an event on a node, as a finger would: bound handlers run, and taps and touches
   * bubble until a handler catches them. Pass the fingers of touch events as the detail,
   * `{ touches: [{ x, y }] }`.
   *
   * @throws {CanvasError} `NOT_FOUND` when the selector matches nothing; and what a handler throws
   * @example
   * page.trigger("#save", "tap");
   */
  trigger(selector: string, type: string, detail?: unknown): void;
  /**
   * Waits for an event that a component triggers, for a function to give something truthy, or for
   * `"idle"`: no draw, export, picture, request or timer below one second is pending. Of endless
   * loops, such as a chart's animation, only the first three seconds count.
   *
   * @returns the detail of the event, or what the function returned
   * @throws {CanvasError} `ABORTED` after the timeout, by default 30 seconds
   */
  // biome-ignore lint/suspicious/noExplicitAny: the component chooses the detail
  waitFor(what: string | ((page: Page) => unknown), options?: WaitOptions): Promise<any>;
  /**
   * Waits for `"idle"`, then returns the pictures that the page has exported, saved or previewed
   * since it was opened or since the last call: each once, the oldest first. While there are none, it
   * waits for timeouts of up to three seconds, too.
   *
   * @example
   * const [picture] = await page.export();
   */
  export(): Promise<ExportedPicture[]>;
  /** The same for a canvas that the page only draws: waits for `"idle"` and exports it. */
  export(
    selector: string,
    options?: Omit<ExportOptions, "canvas" | "canvasId">,
  ): Promise<ExportedPicture>;
  /** Closes the page and unmounts its canvases. */
  close(): void;
}
