// What shows something to somebody, or asks them: nobody is there, and it is answered all the same.
import { invalid } from "../errors.ts";
import type { World } from "../host-context.ts";
import {
  type AuthSetting,
  ask,
  cancelled,
  type Navigation,
  objectFrom,
} from "../settings/hooks.ts";
import { type Answers, answering, type Given, optionalText, text } from "./async-function.ts";
import { type ChosenImage, importImage } from "./chosen-images.ts";

/** A channel between a page and the one it opened; nobody is at its other end. */
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

/** The part of `wx` that talks to a person. */
export interface InterfaceApi {
  showToast: Answers<ToastOptions>;
  hideToast: Answers<object>;
  showLoading: Answers<{ title: string; mask?: boolean | undefined }>;
  hideLoading: Answers<object>;
  showModal: Answers<ModalOptions, { confirm: boolean; cancel: boolean; content: string }>;
  showActionSheet: Answers<
    { itemList: string[]; itemColor?: string | undefined; alertText?: string | undefined },
    { tapIndex: number }
  >;
  getSetting: Answers<
    { withSubscriptions?: boolean | undefined },
    { authSetting: AuthSetting; subscriptionsSetting: { mainSwitch: boolean } }
  >;
  openSetting: Answers<
    { withSubscriptions?: boolean | undefined },
    { authSetting: AuthSetting; subscriptionsSetting: { mainSwitch: boolean } }
  >;
  authorize: Answers<{ scope: string }>;
  navigateTo: Answers<{ url: string; events?: object | undefined }, { eventChannel: EventChannel }>;
  navigateBack: Answers<{ delta?: number | undefined }>;
  redirectTo: Answers<{ url: string }>;
  reLaunch: Answers<{ url: string }>;
  switchTab: Answers<{ url: string }>;
  chooseImage: Answers<
    ChooseImageOptions,
    { tempFilePaths: string[]; tempFiles: { path: string; size: number }[] }
  >;
  chooseMedia: Answers<
    ChooseImageOptions & { mediaType?: ("image" | "video" | "mix")[] | undefined },
    { type: string; tempFiles: MediaFile[] }
  >;
  previewImage: Answers<{ urls: string[]; current?: string | undefined }>;
  saveImageToPhotosAlbum: Answers<{ filePath: string }>;
}

/** What drawing code may be asked for by name; a hook can say no to each. */
const SCOPES = ["scope.writePhotosAlbum", "scope.userInfo", "scope.camera"] as const;

export function interaction(world: World): InterfaceApi {
  const { settings, paths } = world;

  const settingsNow = async () => {
    const granted = Object.fromEntries(SCOPES.map((scope) => [scope, true]));
    const answer = objectFrom("onSetting", await ask(settings.onSetting));
    return {
      authSetting: { ...granted, ...answer } as AuthSetting,
      subscriptionsSetting: { mainSwitch: false },
    };
  };

  /** With nobody there to choose, none are; a hook that chooses none has cancelled. */
  async function choose(options: Given): Promise<ChosenImage[]> {
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
    return Promise.all(sources.slice(0, count).map((source) => importImage(world, source)));
  }

  const open = (api: Navigation["api"]) =>
    answering<{ url: string }, object>(world, api, async (options) => {
      await ask(settings.onNavigate, { api, url: text(options, "url") });
      return {};
    });

  const hide = (api: string) =>
    answering<object, object>(world, api, async () => {
      await ask(settings.onToast, undefined);
      return {};
    });

  return {
    showToast: answering(world, "showToast", async ({ title, icon, image, duration, mask }) => {
      await ask(settings.onToast, {
        title: said(title),
        icon: said(icon) || "success",
        ...(typeof image === "string" && { image }),
        duration: typeof duration === "number" ? duration : 1500,
        mask: mask === true,
      });
      return {};
    }),
    hideToast: hide("hideToast"),
    showLoading: answering(world, "showLoading", async ({ title, mask }) => {
      await ask(settings.onToast, { title: said(title), icon: "loading", mask: mask === true });
      return {};
    }),
    hideLoading: hide("hideLoading"),
    showModal: answering(world, "showModal", async (options) => {
      const answer = objectFrom(
        "onModal",
        await ask(settings.onModal, {
          title: said(options.title),
          content: said(options.content),
          showCancel: options.showCancel !== false,
          confirmText: said(options.confirmText) || "确定",
          cancelText: said(options.cancelText) || "取消",
          editable: options.editable === true,
          placeholderText: said(options.placeholderText),
        }),
      );
      const confirm = answer.confirm !== false;
      return { confirm, cancel: !confirm, content: answer.content ?? "" };
    }),
    showActionSheet: answering(world, "showActionSheet", async (options) => {
      const itemList = strings(options.itemList);
      if (!itemList?.length) throw invalid("itemList", "an array of strings", options.itemList);
      const tapIndex = settings.onActionSheet ? await ask(settings.onActionSheet, { itemList }) : 0;
      if (tapIndex === undefined || tapIndex === null) throw cancelled();
      if (!(Number.isInteger(tapIndex) && tapIndex >= 0 && tapIndex < itemList.length)) {
        throw invalid("onActionSheet", `an index below ${itemList.length}`, tapIndex);
      }
      return { tapIndex };
    }),
    getSetting: answering(world, "getSetting", settingsNow),
    openSetting: answering(world, "openSetting", settingsNow),
    authorize: answering(world, "authorize", async (options) => {
      const scope = text(options, "scope");
      const { authSetting } = await settingsNow();
      if (authSetting[scope] === false) throw cancelled("auth deny");
      return {};
    }),
    navigateTo: answering(world, "navigateTo", async (options) => {
      await ask(settings.onNavigate, { api: "navigateTo", url: text(options, "url") });
      return { eventChannel: { on() {}, once() {}, off() {}, emit() {} } };
    }),
    navigateBack: answering(world, "navigateBack", async ({ delta }) => {
      const pages = typeof delta === "number" ? delta : 1;
      await ask(settings.onNavigate, { api: "navigateBack", delta: pages });
      return {};
    }),
    redirectTo: open("redirectTo"),
    reLaunch: open("reLaunch"),
    switchTab: open("switchTab"),
    chooseImage: answering(world, "chooseImage", async (options) => {
      const chosen = await choose(options);
      return {
        tempFilePaths: chosen.map(({ path }) => path),
        tempFiles: chosen.map(({ path, size }) => ({ path, size })),
      };
    }),
    chooseMedia: answering(world, "chooseMedia", async (options) => {
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
    previewImage: answering(world, "previewImage", async (options) => {
      const urls = strings(options.urls);
      if (!urls) throw invalid("urls", "an array of strings", options.urls);
      const current = optionalText(options, "current") ?? urls[0] ?? "";
      await ask(settings.onPreviewImage, { urls, current });
      return {};
    }),
    saveImageToPhotosAlbum: answering(world, "saveImageToPhotosAlbum", async (options) => {
      await ask(settings.onSaveImage, await paths.readable(text(options, "filePath")));
      return {};
    }),
  };
}

/** A text that is only shown: whatever came, as people write it. */
function said(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function strings(value: unknown): string[] | undefined {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList ? value : undefined;
}
