// The types of toasts, dialogs, pickers, permissions and navigation, as wx has them.
import type { AuthSetting } from "../settings/hooks.ts";
import type { WxFunction } from "./async-function.ts";

/** A channel between a page and the one it opened; here it has no other end. */
export interface EventChannel {
  on(eventName: string, listener: (...args: unknown[]) => void): void;
  once(eventName: string, listener: (...args: unknown[]) => void): void;
  off(eventName: string, listener?: (...args: unknown[]) => void): void;
  emit(eventName: string, ...args: unknown[]): void;
}

/** The options of `wx.showToast`. */
export interface ToastOptions {
  title: string;
  icon?: "success" | "error" | "loading" | "none" | undefined;
  image?: string | undefined;
  duration?: number | undefined;
  mask?: boolean | undefined;
}

/** The options of `wx.showModal`. */
export interface ModalOptions {
  title?: string | undefined;
  content?: string | undefined;
  showCancel?: boolean | undefined;
  cancelText?: string | undefined;
  cancelColor?: string | undefined;
  confirmText?: string | undefined;
  confirmColor?: string | undefined;
  editable?: boolean | undefined;
  placeholderText?: string | undefined;
}

/** The options of `wx.chooseImage`. */
export interface ChooseImageOptions {
  count?: number | undefined;
  sizeType?: ("original" | "compressed")[] | undefined;
  sourceType?: ("album" | "camera")[] | undefined;
}

/** A picture that was chosen, as `wx.chooseMedia` describes it. */
export interface MediaFile {
  tempFilePath: string;
  thumbTempFilePath: string;
  fileType: "image" | "video";
  size: number;
  width: number;
  height: number;
  duration: number;
}

/** The part of `wx` that, on a phone, shows something to the user or asks them. */
export interface InteractionApi {
  showToast: WxFunction<ToastOptions>;
  hideToast: WxFunction<object>;
  showLoading: WxFunction<{ title: string; mask?: boolean | undefined }>;
  hideLoading: WxFunction<object>;
  showModal: WxFunction<ModalOptions, { confirm: boolean; cancel: boolean; content: string }>;
  showActionSheet: WxFunction<
    { itemList: string[]; itemColor?: string | undefined; alertText?: string | undefined },
    { tapIndex: number }
  >;
  getSetting: WxFunction<
    { withSubscriptions?: boolean | undefined },
    { authSetting: AuthSetting; subscriptionsSetting: { mainSwitch: boolean } }
  >;
  openSetting: WxFunction<
    { withSubscriptions?: boolean | undefined },
    { authSetting: AuthSetting; subscriptionsSetting: { mainSwitch: boolean } }
  >;
  authorize: WxFunction<{ scope: string }>;
  navigateTo: WxFunction<
    { url: string; events?: object | undefined },
    { eventChannel: EventChannel }
  >;
  navigateBack: WxFunction<{ delta?: number | undefined }>;
  redirectTo: WxFunction<{ url: string }>;
  reLaunch: WxFunction<{ url: string }>;
  switchTab: WxFunction<{ url: string }>;
  chooseImage: WxFunction<
    ChooseImageOptions,
    { tempFilePaths: string[]; tempFiles: { path: string; size: number }[] }
  >;
  chooseMedia: WxFunction<
    ChooseImageOptions & { mediaType?: ("image" | "video" | "mix")[] | undefined },
    { type: string; tempFiles: MediaFile[] }
  >;
  previewImage: WxFunction<{ urls: string[]; current?: string | undefined }>;
  saveImageToPhotosAlbum: WxFunction<{ filePath: string }>;
}
