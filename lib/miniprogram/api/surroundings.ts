// Functions of wx about what surrounds a page and is not there: bars, menus, events of the phone.
import { wxFunction } from "../../api/async-function.ts";
import type { HostContext } from "../../host-context.ts";

/** Functions that change what is not rendered: they succeed. */
const CHANGES = [
  ...["setNavigationBarTitle", "setNavigationBarColor", "hideHomeButton"],
  ...["showNavigationBarLoading", "hideNavigationBarLoading", "showTabBar", "hideTabBar"],
  ...["showShareMenu", "hideShareMenu", "updateShareMenu"],
  ...["startPullDownRefresh", "stopPullDownRefresh", "pageScrollTo", "setBackgroundColor"],
];

/** Events that never happen: code may listen for them. */
const EVENTS = [
  ...["AppShow", "AppHide", "Error", "UnhandledRejection", "PageNotFound", "MemoryWarning"],
  ...["NetworkStatusChange", "WindowResize"],
];

/** What started a mini-program: the default of WeChat, a tap on it in the list. */
export const LAUNCH = { path: "", query: {}, scene: 1001, referrerInfo: {} };

/** @param appId the id that project.config.json states */
export function surroundings(host: HostContext, appId: string): Record<string, unknown> {
  const nothing = () => {};
  const launch = () => ({ ...LAUNCH });
  return {
    ...Object.fromEntries(CHANGES.map((name) => [name, wxFunction(host, name, () => ({}))])),
    ...Object.fromEntries(
      EVENTS.flatMap((name) => [
        [`on${name}`, nothing],
        [`off${name}`, nothing],
      ]),
    ),
    getNetworkType: wxFunction(host, "getNetworkType", () => ({ networkType: "wifi" })),
    getLaunchOptionsSync: launch,
    getEnterOptionsSync: launch,
    getAccountInfoSync: () => ({
      miniProgram: { appId, envVersion: "release", version: "" },
      plugin: {},
    }),
    getUpdateManager: () => ({
      onCheckForUpdate: nothing,
      onUpdateReady: nothing,
      onUpdateFailed: nothing,
      applyUpdate: nothing,
    }),
  };
}
