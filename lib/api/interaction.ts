// Toasts, dialogs, pickers, permissions and navigation, answered by the host's hooks.
import * as z from "zod/mini";
import { invalid } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { lazily } from "../late.ts";
import { checked, isTrue, optionalText, text } from "../option-parts.ts";
import {
  type AuthSetting,
  askHook,
  cancelled,
  type Navigation,
  objectFrom,
} from "../settings/hooks.ts";
import { untilAborted } from "../signal.ts";
import { withOptions } from "../validate.ts";
import { wxFunction } from "./async-function.ts";
import { type ChosenImage, importImage } from "./chosen-images.ts";
import type { InteractionApi } from "./interaction-types.ts";

/** The permissions that are granted by default; a hook can refuse each of them. */
const SCOPES = ["scope.writePhotosAlbum", "scope.userInfo", "scope.camera"] as const;

/** A text that is only shown: strings and numbers; any other value counts as empty. */
const shown = (ifEmpty = "") =>
  z.transform((value: unknown): string => {
    const isText = typeof value === "string" || typeof value === "number";
    return (isText && String(value)) || ifEmpty;
  });

/** A switch that is on for any value but false. */
const isNotFalse = () => z.transform((value: unknown) => value !== false);

/** A number; any other value counts as omitted. */
const number = (byDefault: number) =>
  z.transform((value: unknown) => (typeof value === "number" ? value : byDefault));

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** Names of what to choose from; any other value counts as omitted. */
const names = (...byDefault: string[]) =>
  z.transform((value: unknown): string[] => (isTexts(value) ? value : byDefault));

const toastOptions = lazily(() =>
  z.object({
    title: shown(),
    icon: shown("success"),
    image: z.transform((value: unknown) => (typeof value === "string" ? value : undefined)),
    duration: number(1500),
    mask: isTrue(),
  }),
);

const loadingOptions = lazily(() => z.object({ title: shown(), mask: isTrue() }));

const modalOptions = lazily(() =>
  z.object({
    title: shown(),
    content: shown(),
    showCancel: isNotFalse(),
    confirmText: shown("确定"),
    cancelText: shown("取消"),
    editable: isTrue(),
    placeholderText: shown(),
  }),
);

const sheetOptions = lazily(() =>
  z.object({
    itemList: checked<string[]>(
      (value) => isTexts(value) && value.length > 0,
      "an array of strings",
    ),
  }),
);

const choiceOptions = lazily(() =>
  z.object({
    count: z.transform((value: unknown) => (Number.isInteger(value) ? (value as number) : 9)),
    sizeType: names("original", "compressed"),
    sourceType: names("album", "camera"),
  }),
);

const previewOptions = lazily(() =>
  z.object({ urls: checked<string[]>(isTexts, "an array of strings"), current: optionalText() }),
);

const scopeOptions = lazily(() => z.object({ scope: text() }));
const urlOptions = lazily(() => z.object({ url: text() }));
const backOptions = lazily(() => z.object({ delta: number(1) }));
const fileOptions = lazily(() => z.object({ filePath: text() }));
const shareOptions = lazily(() => z.object({ path: text() }));

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
  const choose = withOptions(choiceOptions, async (choice): Promise<ChosenImage[]> => {
    if (!settings.onChooseImage) return [];
    const sources = await ask(settings.onChooseImage, choice);
    if (sources !== undefined && !Array.isArray(sources)) {
      throw invalid("onChooseImage", "an array of paths or bytes", sources);
    }
    if (!sources?.length) throw cancelled();
    return Promise.all(sources.slice(0, choice.count).map((source) => importImage(host, source)));
  });

  const openPage = (api: Navigation["api"]) =>
    withOptions(urlOptions, async ({ url }) => {
      await ask(settings.onNavigate, { api, url });
      return {};
    });

  const hide = async () => {
    await ask(settings.onToast, undefined);
    return {};
  };

  return {
    showToast: wxFunction(
      host,
      "showToast",
      withOptions(toastOptions, async ({ image, ...toast }) => {
        await ask(settings.onToast, { ...toast, ...(image !== undefined && { image }) });
        return {};
      }),
    ),
    hideToast: wxFunction(host, "hideToast", hide),
    showLoading: wxFunction(
      host,
      "showLoading",
      withOptions(loadingOptions, async (loading) => {
        await ask(settings.onToast, { ...loading, icon: "loading" });
        return {};
      }),
    ),
    hideLoading: wxFunction(host, "hideLoading", hide),
    showModal: wxFunction(
      host,
      "showModal",
      withOptions(modalOptions, async (modal) => {
        const answer = objectFrom("onModal", await ask(settings.onModal, modal));
        const confirm = answer.confirm !== false;
        return { confirm, cancel: !confirm, content: answer.content ?? "" };
      }),
    ),
    showActionSheet: wxFunction(
      host,
      "showActionSheet",
      withOptions(sheetOptions, async ({ itemList }) => {
        const { onActionSheet } = settings;
        const tapIndex = onActionSheet ? await ask(onActionSheet, { itemList }) : 0;
        if (tapIndex === undefined || tapIndex === null) throw cancelled();
        if (!(Number.isInteger(tapIndex) && tapIndex >= 0 && tapIndex < itemList.length)) {
          throw invalid("onActionSheet", `an index below ${itemList.length}`, tapIndex);
        }
        return { tapIndex };
      }),
    ),
    getSetting: wxFunction(host, "getSetting", settingsNow),
    openSetting: wxFunction(host, "openSetting", settingsNow),
    authorize: wxFunction(
      host,
      "authorize",
      withOptions(scopeOptions, async ({ scope }) => {
        const { authSetting } = await settingsNow();
        if (authSetting[scope] === false) throw cancelled("auth deny");
        return {};
      }),
    ),
    navigateTo: wxFunction(host, "navigateTo", async (options) => {
      await openPage("navigateTo")(options);
      return { eventChannel: { on() {}, once() {}, off() {}, emit() {} } };
    }),
    navigateBack: wxFunction(
      host,
      "navigateBack",
      withOptions(backOptions, async ({ delta }) => {
        await ask(settings.onNavigate, { api: "navigateBack", delta });
        return {};
      }),
    ),
    redirectTo: wxFunction(host, "redirectTo", openPage("redirectTo")),
    reLaunch: wxFunction(host, "reLaunch", openPage("reLaunch")),
    switchTab: wxFunction(host, "switchTab", openPage("switchTab")),
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
    previewImage: wxFunction(
      host,
      "previewImage",
      withOptions(previewOptions, async ({ urls, current = urls[0] ?? "" }) => {
        await ask(settings.onPreviewImage, { urls, current });
        return {};
      }),
    ),
    showShareImageMenu: wxFunction(
      host,
      "showShareImageMenu",
      withOptions(shareOptions, async ({ path }) => {
        await paths.readable(path);
        await ask(settings.onPreviewImage, { urls: [path], current: path });
        return {};
      }),
    ),
    saveImageToPhotosAlbum: wxFunction(
      host,
      "saveImageToPhotosAlbum",
      withOptions(fileOptions, async ({ filePath }) => {
        await ask(settings.onSaveImage, await paths.readable(filePath));
        return {};
      }),
    ),
  };
}
