// Makes wx's file system manager, and wx's functions for saved files.
import { withApiNameSync } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import { run, runSync } from "../../procedure.ts";
import { type WxFunction, wxFunction } from "../async-function.ts";
import { asFileError } from "./errors.ts";
import { fileOperations, type Results } from "./operations.ts";
import type { Encoding } from "./options.ts";
import type { FileStats, Stats } from "./stats.ts";

type Bytes = ArrayBuffer | ArrayBufferView;

/** The options of the manager's functions, by name. */
interface Options {
  access: { path: string };
  appendFile: { filePath: string; data: string | Bytes; encoding?: Encoding | undefined };
  copyFile: { srcPath: string; destPath: string };
  getFileInfo: { filePath: string; digestAlgorithm?: "md5" | "sha1" | "sha256" | undefined };
  getSavedFileInfo: { filePath: string };
  getSavedFileList: object;
  mkdir: { dirPath: string; recursive?: boolean | undefined };
  readdir: { dirPath: string };
  readFile: {
    filePath: string;
    encoding?: Encoding | undefined;
    position?: number | undefined;
    length?: number | undefined;
  };
  removeSavedFile: { filePath: string };
  rename: { oldPath: string; newPath: string };
  rmdir: { dirPath: string; recursive?: boolean | undefined };
  saveFile: { tempFilePath: string; filePath?: string | undefined };
  stat: { path: string; recursive?: boolean | undefined };
  unlink: { filePath: string };
  writeFile: { filePath: string; data: string | Bytes; encoding?: Encoding | undefined };
}

type Asynchronous<Name extends keyof Results> = {
  [Key in Name]: WxFunction<Options[Key], Results[Key]>;
};

/** The result of `wx.getFileSystemManager`. */
export interface FileSystemManager
  extends Asynchronous<Exclude<keyof Results, "getSavedFileInfo">> {
  accessSync(path: string): void;
  appendFileSync(filePath: string, data: string | Bytes, encoding?: Encoding): void;
  copyFileSync(srcPath: string, destPath: string): void;
  mkdirSync(dirPath: string, recursive?: boolean): void;
  readdirSync(dirPath: string): string[];
  readFileSync(
    filePath: string,
    encoding?: Encoding,
    position?: number,
    length?: number,
  ): string | ArrayBuffer;
  renameSync(oldPath: string, newPath: string): void;
  rmdirSync(dirPath: string, recursive?: boolean): void;
  saveFileSync(tempFilePath: string, filePath?: string): string;
  statSync(path: string, recursive?: boolean): Stats | FileStats[];
  unlinkSync(filePath: string): void;
  writeFileSync(filePath: string, data: string | Bytes, encoding?: Encoding): void;
}

/** The part of `wx` that is about local files. */
export interface FilesApi
  extends Asynchronous<
    "getFileInfo" | "getSavedFileInfo" | "getSavedFileList" | "removeSavedFile" | "saveFile"
  > {
  getFileSystemManager(): FileSystemManager;
}

/** The synchronous forms: the options their arguments stand for, and what they return. */
const SYNC = {
  access: { takes: ["path"] },
  appendFile: { takes: ["filePath", "data", "encoding"] },
  copyFile: { takes: ["srcPath", "destPath"] },
  mkdir: { takes: ["dirPath", "recursive"] },
  readdir: { takes: ["dirPath"], gives: "files" },
  readFile: { takes: ["filePath", "encoding", "position", "length"], gives: "data" },
  rename: { takes: ["oldPath", "newPath"] },
  rmdir: { takes: ["dirPath", "recursive"] },
  saveFile: { takes: ["tempFilePath", "filePath"], gives: "savedFilePath" },
  stat: { takes: ["path", "recursive"], gives: "stats" },
  unlink: { takes: ["filePath"] },
  writeFile: { takes: ["filePath", "data", "encoding"] },
} satisfies Partial<Record<keyof Results, { takes: string[]; gives?: string }>>;

export function files(host: HostContext): FilesApi {
  const operations = fileOperations(host);

  const asynchronous = <Name extends keyof Results>(name: Name) =>
    wxFunction<Options[Name], Results[Name]>(host, name, async (options) => {
      try {
        return await run<Results[Name]>(operations[name](options));
      } catch (error) {
        throw asFileError(error);
      }
    });

  const synchronous = (name: keyof typeof SYNC) => {
    const { takes, gives }: { takes: string[]; gives?: string } = SYNC[name];
    return (...args: unknown[]): unknown =>
      withApiNameSync(`${name}Sync`, () => {
        host.assertAlive();
        const options = Object.fromEntries(takes.map((option, i) => [option, args[i]]));
        try {
          const result = runSync<object>(operations[name](options));
          return gives && (result as Record<string, unknown>)[gives];
        } catch (error) {
          throw asFileError(error);
        }
      });
  };

  const { getSavedFileInfo: _, ...managed } = operations;
  const names = Object.keys(managed) as (keyof Results)[];
  const syncNames = Object.keys(SYNC) as (keyof typeof SYNC)[];
  const manager = Object.fromEntries([
    ...names.map((name) => [name, asynchronous(name)]),
    ...syncNames.map((name) => [`${name}Sync`, synchronous(name)]),
  ]) as FileSystemManager;

  return {
    getFileSystemManager: () => manager,
    getFileInfo: asynchronous("getFileInfo"),
    getSavedFileInfo: asynchronous("getSavedFileInfo"),
    getSavedFileList: asynchronous("getSavedFileList"),
    removeSavedFile: asynchronous("removeSavedFile"),
    saveFile: asynchronous("saveFile"),
  };
}
