// The type of `this` in the code of pages and components.
import type { SelectorQuery } from "../nodes/selector-query.ts";

/** A page or a component, as its own code sees it with `this`. */
export interface Instance {
  data: Record<string, unknown>;
  setData(data: Record<string, unknown>, callback?: () => void): void;
  createSelectorQuery(): SelectorQuery;
  /**
   * The component below it that the selector matches, or what that one exports; `null` for none.
   */
  selectComponent(selector: string): unknown;
  selectAllComponents(selector: string): unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: a definition may have any members
  [member: string]: any;
}
