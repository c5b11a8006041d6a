// Dispatches events and converts them to the form that mini-programs see.
import type { TreeEvent, TreeNode } from "./glass-easel.ts";

/** The argument of an event handler. */
export interface ComponentEvent {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the component chooses the detail
  detail: any;
  timeStamp: number;
  mark: object;
  target: { id: string; dataset: object; offsetLeft: number; offsetTop: number };
  currentTarget: { id: string; dataset: object; offsetLeft: number; offsetTop: number };
  touches?: Touch[] | undefined;
  changedTouches?: Touch[] | undefined;
}

/** A finger on the screen, or on a canvas, in logical pixels. */
export interface Touch {
  identifier: number;
  x: number;
  y: number;
  clientX: number;
  clientY: number;
  pageX: number;
  pageY: number;
}

/**
 * The events that bubble through the tree; all others stay at their node.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/framework/view/wxml/event.html
 */
const BUBBLING = new Set([
  "touchstart",
  "touchmove",
  "touchcancel",
  "touchend",
  "tap",
  "longpress",
  "longtap",
  "transitionend",
  "animationstart",
  "animationiteration",
  "animationend",
  "touchforcechange",
]);

/** Dispatches an event on a node, as WeChat's renderer does. */
export function dispatch(node: TreeNode, type: string, detail: unknown): void {
  const bubbles = BUBBLING.has(type);
  const { touches, changedTouches } = touchesOf(type, detail);
  if (type === "input" || type === "change") updateModel(node, detail);
  node.triggerEvent(type, detail, {
    bubbles,
    composed: bubbles,
    capturePhase: bubbles,
    ...(touches && { extraFields: { touches, changedTouches } }),
  });
}

/**
 * Sets the data to which `model:value` or `model:checked` binds a form control.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/framework/view/two-way-bindings.html
 */
function updateModel(node: TreeNode, detail: unknown): void {
  const control = node.asNativeNode();
  const { value } = (detail ?? {}) as { value?: unknown };
  if (!control || value === undefined) return;
  for (const update of Object.values(control.getModelBindingListeners())) update(value);
}

/** A copy of the event without the framework's objects: code copies events, and passes them on. */
export function plainEvent(event: TreeEvent): ComponentEvent {
  const { type, timeStamp, detail, mark, target, currentTarget, extraFields } = event;
  return {
    type,
    timeStamp,
    detail,
    mark: { ...(mark as object) },
    ...extraFields,
    target: place(target),
    currentTarget: place(currentTarget),
  };
}

function place({ id, dataset }: { id: string; dataset: object }): ComponentEvent["target"] {
  return { id, dataset: { ...dataset }, offsetLeft: 0, offsetTop: 0 };
}

/** The fingers of a touch event, taken from its detail: `{ touches, changedTouches }`. */
function touchesOf(
  type: string,
  detail: unknown,
): Pick<ComponentEvent, "touches" | "changedTouches"> {
  if (!/^(touch|tap$|long)/.test(type)) return {};
  const { touches, changedTouches } = (detail ?? {}) as Record<string, unknown>;
  const now = fingers(touches) ?? [];
  return { touches: now, changedTouches: fingers(changedTouches) ?? now };
}

/**
 * Completes fingers, given by x and y or by pageX and pageY: each missing value is taken from the
 * other.
 */
function fingers(touches: unknown): Touch[] | undefined {
  if (!Array.isArray(touches)) return undefined;
  return touches.map((touch: Partial<Touch>, i) => {
    const x = touch?.x ?? touch?.pageX ?? touch?.clientX ?? 0;
    const y = touch?.y ?? touch?.pageY ?? touch?.clientY ?? 0;
    const place = { x, y, clientX: x, clientY: y, pageX: x, pageY: y };
    return { identifier: i, ...place, ...touch };
  });
}
