// wx.canIUse: says what this wx really has, down to options and results.

/** Names of options and results, for the functions that code asks about in detail. */
const DETAILS: Record<string, { object?: string; success?: string; return?: string }> = {
  canvasToTempFilePath: {
    object: "x y width height destWidth destHeight canvasId canvas fileType quality",
    success: "tempFilePath",
  },
  createOffscreenCanvas: { object: "type width height compInst" },
  chooseImage: { object: "count sizeType sourceType", success: "tempFilePaths tempFiles" },
  chooseMedia: { object: "count mediaType sourceType maxDuration sizeType camera" },
  downloadFile: { object: "url filePath header timeout", success: "tempFilePath statusCode" },
  getFileInfo: { object: "filePath digestAlgorithm", success: "size digest" },
  getImageInfo: { object: "src", success: "width height path orientation type" },
  getSavedFileInfo: { object: "filePath", success: "size createTime" },
  getSavedFileList: { success: "fileList" },
  getSetting: { success: "authSetting" },
  getStorage: { object: "key", success: "data" },
  getStorageInfo: { success: "keys currentSize limitSize" },
  openSetting: { success: "authSetting" },
  previewImage: { object: "urls current" },
  saveFile: { object: "tempFilePath filePath", success: "savedFilePath" },
  saveImageToPhotosAlbum: { object: "filePath" },
  setStorage: { object: "key data" },
  showActionSheet: { object: "itemList itemColor alertText", success: "tapIndex" },
  showLoading: { object: "title mask" },
  showModal: {
    object:
      "title content showCancel cancelText cancelColor confirmText confirmColor editable placeholderText",
    success: "confirm cancel content",
  },
  showShareImageMenu: { object: "path" },
  showToast: { object: "title icon image duration mask" },
};

/** The attributes of the one component that exists here, with the values that are known. */
const CANVAS: Record<string, readonly string[]> = {
  type: ["2d"],
  id: [],
  "canvas-id": [],
};

type Functions = Record<string, (() => unknown) | undefined>;

/** How to get an instance of each class that a schema may name. */
const CLASSES: Record<string, (wx: Functions) => unknown> = {
  CanvasContext: (wx) => wx.createCanvasContext?.(),
  FileSystemManager: (wx) => wx.getFileSystemManager?.(),
  NodesRef: (wx) => (wx.createSelectorQuery?.() as Functions | undefined)?.selectViewport?.(),
  OffscreenCanvas: (wx) => wx.createOffscreenCanvas?.(),
  SelectorQuery: (wx) => wx.createSelectorQuery?.(),
};

/**
 * Whether this `wx` has what the schema names: a function (`showToast`), its options
 * (`showToast.object.mask`) or results (`getImageInfo.success.type`,
 * `getSystemInfoSync.return.theme`), a member of a class (`SelectorQuery.select`), or the component
 * (`canvas.type.2d`).
 *
 * https://developers.weixin.qq.com/miniprogram/dev/api/base/wx.canIUse.html
 */
export function canIUse(wx: object, schema: unknown): boolean {
  if (typeof schema !== "string") return false;
  const [name = "", kind, detail, value] = schema.split(".");
  if (name === "canvas") return canvasHas(kind, detail);
  const functions = wx as Functions;
  const probe = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (probe) {
    const instance = probe(functions);
    return typeof instance === "object" && instance !== null && (!kind || kind in instance);
  }
  if (!Object.hasOwn(functions, name)) return false;
  if (kind === undefined) return true;
  if (kind === "callback") return detail === undefined;
  if (kind !== "object" && kind !== "success" && kind !== "return") {
    return name === "env" && kind === "USER_DATA_PATH";
  }
  const known = Object.hasOwn(DETAILS, name) ? DETAILS[name]?.[kind]?.split(" ") : undefined;
  const names = known ?? facts(functions, name);
  if (detail === undefined) return names !== undefined;
  // Every value of a known option is accepted, though it may have no effect.
  return names?.includes(detail) === true && (value === undefined || kind === "object");
}

function canvasHas(attribute: string | undefined, value: string | undefined): boolean {
  if (attribute === undefined) return true;
  const values = Object.hasOwn(CANVAS, attribute) ? CANVAS[attribute] : undefined;
  return values !== undefined && (value === undefined || values.includes(value));
}

/** The names of device facts: the keys that the synchronous function returns now. */
function facts(wx: Functions, name: string): string[] | undefined {
  const isDevice =
    /^get(SystemInfo(Sync|Async)?|(Window|Device|AppBase)Info|SystemSetting|AppAuthorizeSetting)$/.test(
      name,
    );
  const sync = name.startsWith("getSystemInfo") ? "getSystemInfoSync" : name;
  return isDevice ? Object.keys(wx[sync]?.() as object) : undefined;
}
