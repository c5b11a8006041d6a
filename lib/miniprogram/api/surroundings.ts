// Functions of wx about what surrounds a page and is not there: bars, menus, the phone, its user.
import { wxFunction } from "../../api/async-function.ts";
import type { HostContext } from "../../host-context.ts";

/** Functions that change what is not there: they succeed. */
const CHANGES = [
  ...["setNavigationBarTitle", "setNavigationBarColor", "hideHomeButton"],
  ...["showNavigationBarLoading", "hideNavigationBarLoading", "showTabBar", "hideTabBar"],
  ...["setTabBarBadge", "removeTabBarBadge", "showTabBarRedDot", "hideTabBarRedDot"],
  ...["setTabBarStyle", "setTabBarItem"],
  ...["showShareMenu", "hideShareMenu", "updateShareMenu"],
  ...["startPullDownRefresh", "stopPullDownRefresh", "pageScrollTo"],
  ...["setBackgroundColor", "setBackgroundTextStyle"],
  ...["vibrateShort", "vibrateLong", "setKeepScreenOn", "hideKeyboard", "setEnableDebug"],
  ...["enableAlertBeforeUnload", "disableAlertBeforeUnload", "checkSession"],
];

/** Functions that send facts to WeChat's statistics. */
const REPORTS = ["reportAnalytics", "reportEvent", "reportMonitor", "reportPerformance"];

/**
 * Users have neither a name nor a picture without their consent.
 *
 * https://developers.weixin.qq.com/community/develop/doc/00022c683e8a80b29bed2142b56c01
 */
const USER = {
  nickName: "微信用户",
  avatarUrl: "",
  gender: 0,
  country: "",
  province: "",
  city: "",
};

/** Events that never happen: code may listen for them. */
const EVENTS = [
  ...["AppShow", "AppHide", "Error", "UnhandledRejection", "PageNotFound", "MemoryWarning"],
  ...["NetworkStatusChange", "WindowResize", "KeyboardHeightChange", "UserCaptureScreen"],
];

/** What started a mini-program: the default of WeChat, a tap on it in the list. */
export const LAUNCH = { path: "", query: {}, scene: 1001, referrerInfo: {} };

/** @param appId the id that project.config.json states */
export function surroundings(host: HostContext, appId: string): Record<string, unknown> {
  const nothing = () => {};
  const launch = () => ({ ...LAUNCH });
  const answer = (name: string, result: object) => [name, wxFunction(host, name, () => result)];
  const user = { userInfo: USER, rawData: JSON.stringify(USER), signature: "" };
  return {
    ...Object.fromEntries([
      ...CHANGES.map((name) => answer(name, {})),
      ...REPORTS.map((name) => [name, nothing]),
      answer("getNetworkType", { networkType: "wifi" }),
      // No user is there: WeChat's server would know no code.
      answer("login", { code: "" }),
      ...["getUserInfo", "getUserProfile"].map((name) => answer(name, user)),
    ]),
    ...Object.fromEntries(
      EVENTS.flatMap((name) => [
        [`on${name}`, nothing],
        [`off${name}`, nothing],
      ]),
    ),
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
