// Toasts, dialogs, pickers, permissions and navigation, answered by the host's hooks.
import { invalid } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import {
  type AuthSetting,
  askHook,
  cancelled,
  type Navigation,
  objectFrom,
} from "../settings/hooks.ts";
import { untilAborted } from "../signal.ts";
import {
  optionalStringOption,
  type RawOptions,
  stringOption,
  type WxFunction,
  wxFunction,
} from "./async-function.ts";
import { type ChosenImage, importImage } from "./chosen-images.ts";

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

/** The permissions that are granted by default; a hook can refuse each of them. */
const SCOPES = ["scope.writePhotosAlbum", "scope.userInfo", "scope.camera"] as const;

export function interaction(host: HostContext): InteractionApi {
  const { settings, paths } = host;

  /** Asks a hook; it may never answer, so disposing the host ends the wait. */
  const ask: typeof askHook = (...hook) => untilAborted(host.ending, askHook(...hook));

  const settingsNow = async () => {
    const granted = Object.fromEntries(SCOPES.map((scope) => [scope, true]));
    const answer = objectFrom("onSetting", await ask(settings.onSetting));
    return {
      authSetting: { ...granted, ...answer } as AuthSetting,
      subscriptionsSetting: { mainSwitch: false },
    };
  };

  /** Without a hook no picture is chosen; a hook that chooses none cancels. */
  async function choose(options: RawOptions): Promise<ChosenImage[]> {
    if (!settings.onChooseImage) return [];
    const count = Number.isInteger(options.count) ? (options.count as number) : 9;
    const sources = await ask(settings.onChooseImage, {
      count,
      sizeType: strings(options.sizeType) ?? ["original", "compressed"],
      sourceType: strings(options.sourceType) ?? ["album", "camera"],
    });
    if (sources !== undefined && !Array.isArray(sources)) {
      throw invalid("onChooseImage", "an array of paths or bytes", sources);
    }
    if (!sources?.length) throw cancelled();
    return Promise.all(sources.slice(0, count).map((source) => importImage(host, source)));
  }

  const open = (api: Navigation["api"]) =>
    wxFunction<{ url: string }, object>(host, api, async (options) => {
      await ask(settings.onNavigate, { api, url: stringOption(options, "url") });
      return {};
    });

  const hide = (api: string) =>
    wxFunction<object, object>(host, api, async () => {
      await ask(settings.onToast, undefined);
      return {};
    });

  return {
    showToast: wxFunction(host, "showToast", async ({ title, icon, image, duration, mask }) => {
      await ask(settings.onToast, {
        title: asText(title),
        icon: asText(icon) || "success",
        ...(typeof image === "string" && { image }),
        duration: typeof duration === "number" ? duration : 1500,
        mask: mask === true,
      });
      return {};
    }),
    hideToast: hide("hideToast"),
    showLoading: wxFunction(host, "showLoading", async ({ title, mask }) => {
      await ask(settings.onToast, { title: asText(title), icon: "loading", mask: mask === true });
      return {};
    }),
    hideLoading: hide("hideLoading"),
    showModal: wxFunction(host, "showModal", async (options) => {
      const answer = objectFrom(
        "onModal",
        await ask(settings.onModal, {
          title: asText(options.title),
          content: asText(options.content),
          showCancel: options.showCancel !== false,
          confirmText: asText(options.confirmText) || "确定",
          cancelText: asText(options.cancelText) || "取消",
          editable: options.editable === true,
          placeholderText: asText(options.placeholderText),
        }),
      );
      const confirm = answer.confirm !== false;
      return { confirm, cancel: !confirm, content: answer.content ?? "" };
    }),
    showActionSheet: wxFunction(host, "showActionSheet", async (options) => {
      const itemList = strings(options.itemList);
      if (!itemList?.length) throw invalid("itemList", "an array of strings", options.itemList);
      const tapIndex = settings.onActionSheet ? await ask(settings.onActionSheet, { itemList }) : 0;
      if (tapIndex === undefined || tapIndex === null) throw cancelled();
      if (!(Number.isInteger(tapIndex) && tapIndex >= 0 && tapIndex < itemList.length)) {
        throw invalid("onActionSheet", `an index below ${itemList.length}`, tapIndex);
      }
      return { tapIndex };
    }),
    getSetting: wxFunction(host, "getSetting", settingsNow),
    openSetting: wxFunction(host, "openSetting", settingsNow),
    authorize: wxFunction(host, "authorize", async (options) => {
      const scope = stringOption(options, "scope");
      const { authSetting } = await settingsNow();
      if (authSetting[scope] === false) throw cancelled("auth deny");
      return {};
    }),
    navigateTo: wxFunction(host, "navigateTo", async (options) => {
      await ask(settings.onNavigate, { api: "navigateTo", url: stringOption(options, "url") });
      return { eventChannel: { on() {}, once() {}, off() {}, emit() {} } };
    }),
    navigateBack: wxFunction(host, "navigateBack", async ({ delta }) => {
      const pages = typeof delta === "number" ? delta : 1;
      await ask(settings.onNavigate, { api: "navigateBack", delta: pages });
      return {};
    }),
    redirectTo: open("redirectTo"),
    reLaunch: open("reLaunch"),
    switchTab: open("switchTab"),
    chooseImage: wxFunction(host, "chooseImage", async (options) => {
      const chosen = await choose(options);
      return {
        tempFilePaths: chosen.map(({ path }) => path),
        tempFiles: chosen.map(({ path, size }) => ({ path, size })),
      };
    }),
    chooseMedia: wxFunction(host, "chooseMedia", async (options) => {
      const chosen = await choose(options);
      const tempFiles = chosen.map(({ path, size, width, height }) => ({
        tempFilePath: path,
        thumbTempFilePath: "",
        fileType: "image" as const,
        size,
        width,
        height,
        duration: 0,
      }));
      return { type: "image", tempFiles };
    }),
    previewImage: wxFunction(host, "previewImage", async (options) => {
      const urls = strings(options.urls);
      if (!urls) throw invalid("urls", "an array of strings", options.urls);
      const current = optionalStringOption(options, "current") ?? urls[0] ?? "";
      await ask(settings.onPreviewImage, { urls, current });
      return {};
    }),
    saveImageToPhotosAlbum: wxFunction(host, "saveImageToPhotosAlbum", async (options) => {
      await ask(settings.onSaveImage, await paths.readable(stringOption(options, "filePath")));
      return {};
    }),
  };
}

/** A text that is only shown: strings and numbers, and an empty text for any other value. */
function asText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function strings(value: unknown): string[] | undefined {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList ? value : undefined;
}
