// Hooks that answer in place of a person: plain functions of the host, all of them optional.
import { CanvasError, invalid } from "../errors.ts";

/** Permissions by scope, such as `"scope.writePhotosAlbum"`. */
export type AuthSetting = Record<string, boolean>;

/** What is shown by `wx.showToast`, or by `wx.showLoading`, whose icon is `"loading"`. */
export interface Toast {
  title: string;
  icon: string;
  image?: string | undefined;
  duration?: number | undefined;
  mask?: boolean | undefined;
}

/** What `wx.showModal` asks. */
export interface Modal {
  title: string;
  content: string;
  showCancel: boolean;
  confirmText: string;
  cancelText: string;
  editable: boolean;
  placeholderText: string;
}

/** Where `wx.navigateTo` and its like lead. */
export interface Navigation {
  api: "navigateTo" | "navigateBack" | "redirectTo" | "reLaunch" | "switchTab";
  /** As the code gave it; `navigateBack` has none. */
  url?: string | undefined;
  /** How many pages `navigateBack` goes back. */
  delta?: number | undefined;
}

/** What `wx.chooseImage` and `wx.chooseMedia` ask for. */
export interface ImageChoice {
  count: number;
  sizeType: string[];
  sourceType: string[];
}

type Now<Result> = Result | Promise<Result>;

/**
 * Functions of the host that answer where a person would. Each may be asynchronous; what one throws
 * makes the call fail.
 */
export interface Hooks {
  /** Called with what is shown, and with undefined when it is hidden. */
  onToast?: ((toast: Toast | undefined) => Now<void>) | undefined;
  /** Answers `wx.showModal`. Without it, and for what it leaves out: confirmed, no text. */
  onModal?:
    | ((modal: Modal) => Now<{ confirm?: boolean; content?: string } | undefined>)
    | undefined;
  /** Answers `wx.showActionSheet` with an index; undefined cancels. Without it: the first item. */
  onActionSheet?: ((sheet: { itemList: string[] }) => Now<number | undefined>) | undefined;
  /**
   * Answers which permissions there are. Without it, and for scopes that it leaves out: all are
   * granted.
   */
  onSetting?: (() => Now<AuthSetting>) | undefined;
  /** Called with where the code wants to go; nothing is opened. */
  onNavigate?: ((navigation: Navigation) => Now<void>) | undefined;
  /**
   * Chooses pictures, as paths of files or as bytes; the code gets copies as temp files. An empty
   * list cancels. Without the hook, the call succeeds with no pictures.
   */
  onChooseImage?: ((choice: ImageChoice) => Now<readonly (string | Uint8Array)[]>) | undefined;
  /** Called with the pictures that are shown, as the code gave them. */
  onPreviewImage?: ((preview: { urls: string[]; current: string }) => Now<void>) | undefined;
  /**
   * Called with the real path of a picture to be kept: copy it, since it is deleted with the host.
   */
  onSaveImage?: ((path: string) => Now<void>) | undefined;
}

/** Calls a hook, if there is one; what it throws is the failure of the call. */
export async function askHook<Args extends unknown[], Answer>(
  hook: ((...args: Args) => Answer | Promise<Answer>) | undefined,
  ...args: Args
): Promise<Answer | undefined> {
  return hook?.(...args);
}

/** The failure of a call that the person cancelled. */
export function cancelled(reason = "cancel"): CanvasError {
  return new CanvasError("ABORTED", reason);
}

/** Checks that a hook's answer is an object; without an answer, gives an empty one. */
export function objectFrom<Answer extends object>(
  name: string,
  answer: Answer | undefined,
): Partial<Answer> {
  if (answer === undefined || answer === null) return {};
  if (typeof answer === "object") return answer;
  throw invalid(name, "an object", answer);
}
