// Functions that every page and component has beside those of the framework.
import type { Definition } from "../framework/definition.ts";
import type { Timers } from "../realm/timers.ts";

/** What the functions need of their mini-program. */
export interface MemberParts {
  /** The `wx` of its files. */
  wx(): Definition;
  timers: Timers;
  /** The custom tab bar of the page of a page or component. */
  tabBarOf(instance: object): object | null;
}

/** https://developers.weixin.qq.com/miniprogram/dev/reference/api/Component.html */
export function instanceMembers({ wx, timers, tabBarOf }: MemberParts): Members {
  const later = (callback: unknown, delay?: unknown) =>
    timers.scope.setTimeout(callback as () => void, Number(delay) || 0);
  return {
    renderer: "webview",
    createSelectorQuery() {
      return wx().createSelectorQuery().in(this);
    },
    createIntersectionObserver(options) {
      return wx().createIntersectionObserver(this, options);
    },
    getTabBar(callback) {
      const tabBar = tabBarOf(this);
      if (typeof callback === "function") callback(tabBar);
      return tabBar;
    },
    // Views are not rendered: an animation only takes its time.
    animate(_selector, _keyframes, duration, callback) {
      later(callback, duration);
    },
    clearAnimation(_selector, options, callback) {
      later(typeof options === "function" ? options : callback);
    },
    setUpdatePerformanceListener() {},
    setInitialRenderingCache() {},
  };
}

/** Methods and values by name. */
type Members = Record<string, string | ((this: object, ...args: unknown[]) => unknown)>;
