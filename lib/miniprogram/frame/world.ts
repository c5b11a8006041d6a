// What the pages and components of one frame share.
import type { MountOptions } from "../../nodes/mount.ts";
import type { Report } from "../../settle.ts";
import type { Wx } from "../../wx.ts";
import type { Family, Instance } from "./instance.ts";

export interface FrameWorld {
  wx: Wx;
  family: Family;
  pages: Instance[];
  report: Report | undefined;
  mountCanvas(options: MountOptions): unknown;
}
