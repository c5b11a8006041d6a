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
  /** Default `"success"`. */
  icon?: "success" | "error" | "loading" | "none" | undefined;
  image?: string | undefined;
  /** In milliseconds. Default 1500. */
  duration?: number | undefined;
  mask?: boolean | undefined;
}

/** The options of `wx.showModal`. */
export interface ModalOptions {
  title?: string | undefined;
  content?: string | undefined;
  /** Default true. */
  showCancel?: boolean | undefined;
  /** Default `"取消"`. */
  cancelText?: string | undefined;
  cancelColor?: string | undefined;
  /** Default `"确定"`. */
  confirmText?: string | undefined;
  confirmColor?: string | undefined;
  editable?: boolean | undefined;
  placeholderText?: string | undefined;
}

/** The options of `wx.chooseImage`. */
export interface ChooseImageOptions {
  /** Default 9. */
  count?: number | undefined;
  sizeType?: ("original" | "compressed")[] | undefined;
  sourceType?: ("album" | "camera")[] | undefined;
}

/** A picture that was chosen, as `wx.chooseMedia` describes it. */
export interface MediaFile {
  tempFilePath: string;
  thumbTempFilePath: string;
  fileType: "image" | "video";
  /** In bytes. */
  size: number;
  width: number;
  height: number;
  duration: number;
}

/**
 * The part of `wx` that, on a phone, shows something to the user or asks them. Hooks of the host
 * answer here (`createHost({ onModal, … })`).
 */
export interface InteractionApi {
  /** Calls the host's `onToast`. */
  showToast: WxFunction<ToastOptions>;
  /** Calls the host's `onToast` with undefined. */
  hideToast: WxFunction<object>;
  /** Calls the host's `onToast`, with the icon `"loading"`. */
  showLoading: WxFunction<{ title: string; mask?: boolean | undefined }>;
  /** Calls the host's `onToast` with undefined. */
  hideLoading: WxFunction<object>;
  /** The answer of the host's `onModal`. Default: confirmed. */
  showModal: WxFunction<ModalOptions, { confirm: boolean; cancel: boolean; content: string }>;
  /** The answer of the host's `onActionSheet`. Default: the first item. */
  showActionSheet: WxFunction<
    { itemList: string[]; itemColor?: string | undefined; alertText?: string | undefined },
    { tapIndex: number }
  >;
  /** The permissions that the host's `onSetting` gives. Default: all are granted. */
  getSetting: WxFunction<
    { withSubscriptions?: boolean | undefined },
    { authSetting: AuthSetting; subscriptionsSetting: { mainSwitch: boolean } }
  >;
  /** The same as `getSetting`: nothing is opened. */
  openSetting: WxFunction<
    { withSubscriptions?: boolean | undefined },
    { authSetting: AuthSetting; subscriptionsSetting: { mainSwitch: boolean } }
  >;
  /** Fails with `"authorize:fail auth deny"` where the host's `onSetting` denies the scope. */
  authorize: WxFunction<{ scope: string }>;
  /** Calls the host's `onNavigate`, as do the other four: no page is opened. */
  navigateTo: WxFunction<
    { url: string; events?: object | undefined },
    { eventChannel: EventChannel }
  >;
  navigateBack: WxFunction<{ delta?: number | undefined }>;
  redirectTo: WxFunction<{ url: string }>;
  reLaunch: WxFunction<{ url: string }>;
  switchTab: WxFunction<{ url: string }>;
  /** Copies of the pictures that the host's `onChooseImage` gives. Default: none. */
  chooseImage: WxFunction<
    ChooseImageOptions,
    { tempFilePaths: string[]; tempFiles: { path: string; size: number }[] }
  >;
  /** Copies of the pictures that the host's `onChooseImage` gives. Default: none. */
  chooseMedia: WxFunction<
    ChooseImageOptions & { mediaType?: ("image" | "video" | "mix")[] | undefined },
    { type: string; tempFiles: MediaFile[] }
  >;
  /** Calls the host's `onPreviewImage`. */
  previewImage: WxFunction<{ urls: string[]; current?: string | undefined }>;
  /** Calls the host's `onSaveImage`. Without it, nothing is kept. */
  saveImageToPhotosAlbum: WxFunction<{ filePath: string }>;
  /** Shows the picture, as `previewImage` does, to be sent or kept. */
  showShareImageMenu: WxFunction<{ path: string }>;
}
