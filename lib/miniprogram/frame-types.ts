// The public types of frames: their options and functions.
import type { MountOptions } from "../nodes/mount.ts";
import type { Report } from "../settle.ts";
import type { Definition } from "./framework/definition.ts";
import type { ComponentEvent } from "./framework/events.ts";
import type { Instance } from "./instance.ts";
import type { Ran } from "./runtime.ts";

/** Settings of a frame. */
export interface FrameOptions {
  /** The mini-program's package folder; the same as the host's. Default: the working directory. */
  root?: string | undefined;
  /** Further global names for the files, such as a stand-in for a plug-in. */
  globals?: Record<string, unknown> | undefined;
  /**
   * Called with errors that the code throws outside of the caller's calls. Default: an uncaught
   * error.
   */
  onError?: Report | undefined;
}

/** Runs the files of one mini-program in their own realm. */
export interface Frame extends Disposable {
  /**
   * Runs a file, given by its path below the root, or an npm package, given by its name. A second
   * call returns the same result without running it again.
   */
  run(path: string): Ran;
  /** Mounts a component: a definition, or the path of the file that defines it. */
  mountComponent(component: Definition | string, options?: ComponentOptions): MountedComponent;
  /** Opens a page: a definition, or the path of the file that defines it. */
  openPage(page: Definition | string, options?: OpenPageOptions): OpenPage;
  /** The result of `getApp`: what was passed to `App`, or `{ globalData: {} }`. */
  readonly app: Definition;
  /**
   * Stops the timers that the files have started: libraries draw in endless loops, which would keep
   * the process alive. Call it before the host is disposed.
   */
  dispose(): void;
}

/** A canvas in the WXML of a component or page. */
export type CanvasOfInstance = Omit<MountOptions, "component">;

/** The canvases of a component or page: a fixed list, or a function of its data. */
export type Canvases =
  | CanvasOfInstance[]
  // biome-ignore lint/suspicious/noExplicitAny: the component may have any members
  | ((data: Record<string, any>) => CanvasOfInstance[])
  | undefined;

/** What WXML would specify where it uses a component. */
export interface ComponentOptions {
  id?: string | undefined;
  className?: string | undefined;
  properties?: Record<string, unknown> | undefined;
  /** Handlers by the name of the event. */
  on?: Record<string, (event: ComponentEvent) => void> | undefined;
  /** The page or component that uses it; the owner's selectComponent finds it. */
  owner?: object | undefined;
  /**
   * Its canvases, mounted before it is attached. With a function of its data, they are mounted
   * again in their new size whenever the data changes.
   */
  canvases?: Canvases;
}

/** A mounted component. */
export interface MountedComponent {
  /** What its code sees as `this`. */
  readonly instance: Instance;
  /** Sets properties, as its owner does. */
  setProperties(properties: Record<string, unknown>): void;
  /**
   * Resolves to the detail of the next event of that name. Earlier events count until a call of
   * waitFor has taken them.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the component chooses the detail
  waitFor(event: string): Promise<any>;
  /** Detaches it from the page. */
  detach(): void;
}

/** How a page of a frame is opened. */
export interface OpenPageOptions {
  /** The argument of its onLoad. */
  query?: Record<string, string> | undefined;
  /** Its path in the package. */
  route?: string | undefined;
  /** Its canvases, mounted before onLoad, and again whenever its data changes. */
  canvases?: Canvases;
}

/** An open page of a frame. */
export interface OpenPage {
  /** What its code sees as `this`; as a component argument it means the page's scope. */
  readonly instance: Instance;
  close(): void;
}
