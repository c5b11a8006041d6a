// A wx whose functions exist before the rooms that they lead to are loaded.
import { canIUse } from "./late-rooms.ts";
import { USER_DATA_PATH } from "./temp/layout.ts";
import type { Wx } from "./wx.ts";

type FunctionName = Exclude<keyof Wx, "env">;

/** All names: the compiler compares them with the members of {@link Wx}. */
const FUNCTIONS: Record<FunctionName, true> = {
  arrayBufferToBase64: true,
  authorize: true,
  base64ToArrayBuffer: true,
  canIUse: true,
  canvasGetImageData: true,
  canvasPutImageData: true,
  canvasToTempFilePath: true,
  chooseImage: true,
  chooseMedia: true,
  clearStorage: true,
  clearStorageSync: true,
  createCanvasContext: true,
  createContext: true,
  createOffscreenCanvas: true,
  createSelectorQuery: true,
  downloadFile: true,
  drawCanvas: true,
  getAppAuthorizeSetting: true,
  getAppBaseInfo: true,
  getDeviceInfo: true,
  getFileInfo: true,
  getFileSystemManager: true,
  getImageInfo: true,
  getMenuButtonBoundingClientRect: true,
  getSavedFileInfo: true,
  getSavedFileList: true,
  getSetting: true,
  getStorage: true,
  getStorageInfo: true,
  getStorageInfoSync: true,
  getStorageSync: true,
  getSystemInfo: true,
  getSystemInfoAsync: true,
  getSystemInfoSync: true,
  getSystemSetting: true,
  getWindowInfo: true,
  hideLoading: true,
  hideToast: true,
  loadFontFace: true,
  navigateBack: true,
  navigateTo: true,
  nextTick: true,
  offThemeChange: true,
  onThemeChange: true,
  openSetting: true,
  previewImage: true,
  reLaunch: true,
  redirectTo: true,
  removeSavedFile: true,
  removeStorage: true,
  removeStorageSync: true,
  saveFile: true,
  saveImageToPhotosAlbum: true,
  setStorage: true,
  setStorageSync: true,
  showActionSheet: true,
  showLoading: true,
  showModal: true,
  showShareImageMenu: true,
  showToast: true,
  switchTab: true,
};

/**
 * Makes a wx of plain functions and values, each of which calls that of another wx.
 *
 * @param wx makes the other one at the first call
 */
export function createLateWx(wx: () => Wx): Wx {
  const late: Record<string, unknown> = { env: { USER_DATA_PATH } };
  for (const name of Object.keys(FUNCTIONS) as FunctionName[]) {
    late[name] = (...args: unknown[]) => (wx()[name] as (...args: unknown[]) => unknown)(...args);
  }
  late.canIUse = (schema: string) => canIUse(late, schema);
  return late as object as Wx;
}
