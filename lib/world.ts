// What the rooms of one host share: its settings, its canvases, its temp directory.
import type { TempDirectory } from "./export/temp-directory.ts";
import type { Registry } from "./registry.ts";
import type { Settings } from "./settings.ts";

export interface World {
  readonly settings: Settings;
  readonly registry: Registry;
  readonly directory: TempDirectory;
}
