// wx.createIntersectionObserver: nothing scrolls here, so that all elements count as in sight.
import type { QueryAnswer, SelectorQueryApi } from "../../nodes/selector-query.ts";

/** The part of WeChat's observer that there is. */
interface IntersectionObserver {
  relativeTo(): IntersectionObserver;
  relativeToViewport(): IntersectionObserver;
  /** Calls the listener once for each element, with its box and the ratio 1. */
  observe(selector: string, listener: (seen: object) => void): void;
  disconnect(): void;
}

/** https://developers.weixin.qq.com/miniprogram/dev/api/wxml/wx.createIntersectionObserver.html */
export function intersectionObservers({ createSelectorQuery }: SelectorQueryApi) {
  return (component?: object, options?: { observeAll?: boolean }): IntersectionObserver => {
    let isConnected = true;
    const observer: IntersectionObserver = {
      relativeTo: () => observer,
      relativeToViewport: () => observer,
      observe(selector, listener) {
        const query = createSelectorQuery().in(component);
        const nodes = options?.observeAll ? query.selectAll(selector) : query.select(selector);
        nodes.boundingClientRect(seen).exec();
        function seen(found: QueryAnswer): void {
          for (const element of [found].flat()) {
            if (isConnected && element) listener(intersection(element));
          }
        }
      },
      disconnect() {
        isConnected = false;
      },
    };
    return observer;
  };
}

function intersection({ id, dataset, ...box }: QueryAnswer): object {
  const rects = { boundingClientRect: box, intersectionRect: box, relativeRect: box };
  return { id, dataset, intersectionRatio: 1, ...rects, time: Date.now() };
}
