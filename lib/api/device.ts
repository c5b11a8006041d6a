// The device functions of wx: system and window info, canIUse and nextTick.
import { invalid } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import {
  type AppBaseInfo,
  type Device,
  type DeviceInfo,
  NAVIGATION_BAR_PX,
  type SafeArea,
  type SystemSettings,
  type WindowSettings,
} from "../settings/device.ts";
import { answerTurn, runSafely, settleNow } from "../settle.ts";
import { USER_DATA_PATH } from "../temp/layout.ts";
import { type WxFunction, wxFunction } from "./async-function.ts";
import { canIUse } from "./can-i-use.ts";

/** The window, with the host's own ratio. */
export interface WindowInfo extends WindowSettings {
  /** Device pixels per logical pixel: the host's. */
  pixelRatio: number;
}

/** All facts about the device in one object. */
export interface SystemInfo extends Device {
  /** Device pixels per logical pixel: the host's. */
  pixelRatio: number;
}

/** The switches of the device. */
export type SystemSetting = Pick<
  SystemSettings,
  "bluetoothEnabled" | "locationEnabled" | "wifiEnabled" | "deviceOrientation"
>;

/** A permission of the app: here it is given or not. */
export type Permission = "authorized" | "denied";

/** The permissions that the person gave the app. */
export interface AppAuthorizeSetting {
  albumAuthorized: Permission;
  bluetoothAuthorized: Permission;
  cameraAuthorized: Permission;
  locationAuthorized: Permission;
  locationReducedAccuracy: boolean;
  microphoneAuthorized: Permission;
  notificationAuthorized: Permission;
  notificationAlertAuthorized: Permission;
  notificationBadgeAuthorized: Permission;
  notificationSoundAuthorized: Permission;
  phoneCalendarAuthorized: Permission;
}

/** The device part of `wx`. */
export interface DeviceApi {
  getSystemInfoSync(): SystemInfo;
  /** Calls back before it returns. */
  getSystemInfo: WxFunction<object, SystemInfo>;
  getSystemInfoAsync: WxFunction<object, SystemInfo>;
  getWindowInfo(): WindowInfo;
  getDeviceInfo(): DeviceInfo;
  getAppBaseInfo(): AppBaseInfo;
  getSystemSetting(): SystemSetting;
  /** The permissions that the person gave WeChat. */
  getAppAuthorizeSetting(): AppAuthorizeSetting;
  /** The box of the button that WeChat shows above each page: in its navigation bar. */
  getMenuButtonBoundingClientRect(): SafeArea;
  /** Whether this `wx` has what the schema names. */
  canIUse(schema: string): boolean;
  /** Calls back after the code that runs now. */
  nextTick(callback: () => void): void;
  /** The theme never changes: the listener is never called. */
  onThemeChange(listener: (result: { theme: "dark" | "light" }) => void): void;
  offThemeChange(listener?: (result: { theme: "dark" | "light" }) => void): void;
  env: {
    /** The folder that code may write to. */
    USER_DATA_PATH: string;
  };
}

const WINDOW = [
  "screenWidth",
  "screenHeight",
  "windowWidth",
  "windowHeight",
  "statusBarHeight",
  "screenTop",
  "safeArea",
] as const;
const DEVICE = [
  "abi",
  "deviceAbi",
  "benchmarkLevel",
  "brand",
  "model",
  "system",
  "platform",
  "cpuType",
  "memorySize",
] as const;
const APP_BASE = [
  "SDKVersion",
  "version",
  "language",
  "theme",
  "fontSizeSetting",
  "fontSizeScaleFactor",
  "enableDebug",
  "host",
  "PCKernelVersion",
] as const;

const SYSTEM_SETTING = [
  "bluetoothEnabled",
  "locationEnabled",
  "wifiEnabled",
  "deviceOrientation",
] as const;
const PERMISSIONS = [
  "albumAuthorized",
  "cameraAuthorized",
  "locationAuthorized",
  "microphoneAuthorized",
  "notificationAuthorized",
  "notificationAlertAuthorized",
  "notificationBadgeAuthorized",
  "notificationSoundAuthorized",
  "phoneCalendarAuthorized",
] as const;

/** The menu button of WeChat, in logical pixels: its size, and its distance from the right. */
const MENU = { width: 87, height: 32, margin: 10 };

/** @param wx returns the finished `wx`, which canIUse examines */
export function device(host: HostContext, wx: () => object): DeviceApi {
  const { device: facts, pixelRatio, onError } = host.settings;
  // A new copy for each call, since code may change the object that it gets.
  const all = (): SystemInfo => ({
    ...facts,
    safeArea: { ...facts.safeArea },
    host: { ...facts.host },
    pixelRatio,
  });
  return {
    getSystemInfoSync: all,
    getSystemInfo: ((options?: unknown) =>
      settleNow("getSystemInfo", options, all, onError)) as DeviceApi["getSystemInfo"],
    getSystemInfoAsync: wxFunction(host, "getSystemInfoAsync", all),
    getWindowInfo: () => pick(all(), [...WINDOW, "pixelRatio"]),
    getDeviceInfo: () => pick(all(), DEVICE),
    getAppBaseInfo: () => pick(all(), APP_BASE),
    getSystemSetting: () => pick(all(), SYSTEM_SETTING),
    getAppAuthorizeSetting: () => permissions(facts),
    getMenuButtonBoundingClientRect: () => menuButton(facts),
    canIUse: (schema) => canIUse(wx(), schema),
    nextTick(callback) {
      if (typeof callback !== "function")
        throw invalid("callback", "a function", callback).named("nextTick");
      answerTurn().then(() => runSafely(() => callback(), onError));
    },
    onThemeChange() {},
    offThemeChange() {},
    env: { USER_DATA_PATH },
  };
}

function pick<T extends object, Key extends keyof T>(all: T, keys: readonly Key[]): Pick<T, Key> {
  return Object.fromEntries(keys.map((key) => [key, all[key]])) as Pick<T, Key>;
}

function permissions(facts: Device): AppAuthorizeSetting {
  const said = (isGiven: boolean): Permission => (isGiven ? "authorized" : "denied");
  const named = PERMISSIONS.map((name) => [name, said(facts[name])]);
  return {
    ...(Object.fromEntries(named) as Record<(typeof PERMISSIONS)[number], Permission>),
    bluetoothAuthorized: said(facts.bluetoothEnabled),
    locationReducedAccuracy: facts.locationReducedAccuracy,
  };
}

/** The button is in the middle of the navigation bar, also where a page has its own bar. */
function menuButton({ statusBarHeight, screenWidth }: Device): SafeArea {
  const { width, height, margin } = MENU;
  const top = statusBarHeight + (NAVIGATION_BAR_PX - height) / 2;
  const right = screenWidth - margin;
  return { width, height, top, right, bottom: top + height, left: right - width };
}
