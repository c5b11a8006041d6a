// Compiled, never run: what our wx has is assignable to WeChat's, with the exceptions listed here.
import { wx as ours } from "../../lib/index.ts";

type Exceptions =
  // The typings call shadowColor of its context a number; it is a colour. Compared below.
  | "createCanvasContext"
  // The result has no `profile`: no timings are measured.
  | "downloadFile"
  // Files by descriptor, zip and brotli are not in it; of what is, the typings say that a success
  // carries the errCode of a failure, which no phone gives. The synchronous forms are compared
  // below.
  | "getFileSystemManager";

export const wx: Pick<
  WechatMiniprogram.Wx,
  Exclude<keyof typeof ours & keyof WechatMiniprogram.Wx, Exceptions>
> = ours;

export const context: Omit<WechatMiniprogram.CanvasContext, "shadowColor"> =
  ours.createCanvasContext("a");
export const gradient: WechatMiniprogram.CanvasGradient = ours
  .createCanvasContext("a")
  .createCircularGradient(0, 0, 5);

declare const ourManager: ReturnType<typeof ours.getFileSystemManager>;
export const manager: Pick<
  WechatMiniprogram.FileSystemManager,
  keyof typeof ourManager & keyof WechatMiniprogram.FileSystemManager & `${string}Sync`
> = ourManager;

export const data: Promise<string> = ours
  .getStorage({ key: "a" })
  .then(({ data, errMsg }) => data + errMsg);
export const nothing: undefined = ours.showModal({ title: "?", success: ({ confirm }) => confirm });
