// The device that a host pretends to be: its facts, their defaults, and the settings for them.
import * as z from "zod/mini";
import { checked, settingsOf } from "../option-parts.ts";
import { expecting } from "../validate.ts";

/** A rectangle that no notch and no system bar covers, in logical pixels. */
export interface SafeArea {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

/** The window that a page has. */
export interface WindowSettings {
  /** Default 375. */
  screenWidth: number;
  /** Default 667. */
  screenHeight: number;
  /** Default: `screenWidth`. */
  windowWidth: number;
  /** Default: `screenHeight` less the status bar and a navigation bar of 44. */
  windowHeight: number;
  /** Default 20. */
  statusBarHeight: number;
  /** Top of the window on the screen. Default: status bar and navigation bar. */
  screenTop: number;
  /** Default: the screen below the status bar. */
  safeArea: SafeArea;
}

/** The machine. */
export interface DeviceInfo {
  /** Default `"iPhone"`. */
  brand: string;
  /** Default `"iPhone 8"`. */
  model: string;
  /** Default `"iOS 16.7"`. */
  system: string;
  /** Default `"ios"`. Some code behaves differently for `"android"` and `"devtools"`. */
  platform: "ios" | "android" | "ohos" | "ohos_pc" | "windows" | "mac" | "devtools";
  /** Default -1: not known. */
  benchmarkLevel: number;
  /** Default `"arm64"`, as for the next two. */
  abi: string;
  deviceAbi: string;
  cpuType: string;
  /** Default `"2048"`, in MB. */
  memorySize: string;
}

/** WeChat itself. */
export interface AppBaseInfo {
  /** Version of the base library, which code compares to choose its way. Default `"3.8.0"`. */
  SDKVersion: string;
  /** Version of WeChat. Default `"8.0.50"`. */
  version: string;
  /** Default `"zh_CN"`. */
  language: string;
  /** Default `"light"`. */
  theme: "light" | "dark";
  /** Default 16. */
  fontSizeSetting: number;
  /** Default 1. */
  fontSizeScaleFactor: number;
  /** Default false. */
  enableDebug: boolean;
  /** The program that runs the mini-program. Default `{ appId: "", env: "WeChat" }`. */
  host: { appId: string; env?: string };
  /** Default `""`: no computer. */
  PCKernelVersion: string;
}

/** Permissions and switches, which only `wx.getSystemInfo` and its variants return. */
export interface SystemSettings {
  /** Default `"portrait"`. */
  deviceOrientation: "portrait" | "landscape";
  /** Pictures may be saved. Default true; the other permissions and switches are false. */
  albumAuthorized: boolean;
  bluetoothEnabled: boolean;
  cameraAuthorized: boolean;
  locationAuthorized: boolean;
  locationEnabled: boolean;
  locationReducedAccuracy: boolean;
  microphoneAuthorized: boolean;
  notificationAlertAuthorized: boolean;
  notificationAuthorized: boolean;
  notificationBadgeAuthorized: boolean;
  notificationSoundAuthorized: boolean;
  phoneCalendarAuthorized: boolean;
  wifiEnabled: boolean;
}

/**
 * Everything that code can read about the device, except the pixelRatio, which is the host's own.
 * The defaults are those of a phone of 375 × 667 logical pixels: one of them is two rpx.
 */
export interface Device extends WindowSettings, DeviceInfo, AppBaseInfo, SystemSettings {}

/** The height of the navigation bar below the status bar, in logical pixels. */
export const NAVIGATION_BAR_PX = 44;

/** The schema of the part of a device that a host sets: each value is of its default's type. */
export function deviceSchema(): z.ZodMiniType<Partial<Device>> {
  const parts = Object.entries(resolveDevice()).map(([name, sample]) => {
    const value =
      typeof sample === "number"
        ? z.number({ error: expecting("a finite number") })
        : checked(
            (value) => typeof value === typeof sample && value !== null,
            `a value like ${JSON.stringify(sample)}`,
          );
    return [name, z.optional(value)] as const;
  });
  return settingsOf(Object.fromEntries(parts), {
    pixelRatio: "is the host's own setting",
  });
}

/** The whole device from the part of it that a host sets. */
export function resolveDevice(given: Partial<Device> = {}): Device {
  const { screenWidth = 375, screenHeight = 667, statusBarHeight = 20 } = given;
  const screenTop = given.screenTop ?? statusBarHeight + NAVIGATION_BAR_PX;
  const defaults: Device = {
    screenWidth,
    screenHeight,
    windowWidth: screenWidth,
    windowHeight: screenHeight - screenTop,
    statusBarHeight,
    screenTop,
    safeArea: {
      left: 0,
      right: screenWidth,
      top: statusBarHeight,
      bottom: screenHeight,
      width: screenWidth,
      height: screenHeight - statusBarHeight,
    },
    brand: "iPhone",
    model: "iPhone 8",
    system: "iOS 16.7",
    platform: "ios",
    benchmarkLevel: -1,
    abi: "arm64",
    deviceAbi: "arm64",
    cpuType: "arm64",
    memorySize: "2048",
    SDKVersion: "3.8.0",
    version: "8.0.50",
    language: "zh_CN",
    theme: "light",
    fontSizeSetting: 16,
    fontSizeScaleFactor: 1,
    enableDebug: false,
    host: { appId: "", env: "WeChat" },
    PCKernelVersion: "",
    deviceOrientation: "portrait",
    albumAuthorized: true,
    bluetoothEnabled: false,
    cameraAuthorized: false,
    locationAuthorized: false,
    locationEnabled: false,
    locationReducedAccuracy: false,
    microphoneAuthorized: false,
    notificationAlertAuthorized: false,
    notificationAuthorized: false,
    notificationBadgeAuthorized: false,
    notificationSoundAuthorized: false,
    phoneCalendarAuthorized: false,
    wifiEnabled: false,
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(known) };
}
