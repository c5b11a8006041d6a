// The kinds of canvases that draw the scenes here, at their own size and enlarged.
import { createCanvas, Image, Path2D } from "@napi-rs/canvas";
import { createHost, type Host, loadFont } from "../../lib/index.ts";
import { EMOJI, FAMILY, FONTS, photo, SCENE_FILES, tile } from "./assets.ts";

export const SIZE = { width: 240, height: 160 };

export type Scene = (context: object, assets: object) => void;
interface SceneFile {
  scenes: Record<string, Scene>;
  /** Scenes that legacy contexts draw as WeChat does, not as browsers do. */
  standard: Record<string, Scene>;
  ownSizeOnly?: readonly string[];
  texts?: readonly string[];
}

const files: SceneFile[] = await Promise.all(SCENE_FILES.map((path) => import(path)));
const forAll: Record<string, Scene> = Object.assign({}, ...files.map(({ scenes }) => scenes));
export const scenes: Record<string, Scene> = Object.assign(
  { ...forAll },
  ...files.map(({ standard }) => standard),
);
export const textScenes: ReadonlySet<string> = new Set(
  files.flatMap(({ texts, scenes }) => (texts ? Object.keys(scenes) : [])),
);
const ownSizeOnly = new Set(files.flatMap((file) => file.ownSizeOnly ?? []));

for (const { family, path } of FONTS) await loadFont(path, family);
const pictures = { photo: await imageOf(photo()), tile: await imageOf(tile()) };
const assets = { ...pictures, createCanvas, Path2D, family: FAMILY, emoji: EMOJI };

async function imageOf(bytes: Buffer): Promise<Image> {
  const image = new Image();
  image.src = bytes;
  await image.decode();
  return image;
}

interface Kind {
  title: string;
  scenes: readonly string[];
  /** How many times as large as the scene the picture is. */
  scale: number;
  /** The scene as an exported PNG. */
  draw(name: string): Promise<Buffer>;
}

/** Draws the scene, and returns what to export. */
type Draw = (host: Host, scene: Scene) => Promise<object>;

const DRAWERS: Record<string, Draw> = {
  async "legacy canvas"(host, scene) {
    host.mountCanvas({ canvasId: "scene", ...SIZE });
    const context = host.wx.createCanvasContext("scene");
    scene(context, assets);
    await new Promise<void>((resolve) => context.draw(false, () => resolve()));
    return { canvasId: "scene" };
  },
  async createCanvas(host, scene) {
    const canvas = host.createCanvas("scene", SIZE.width, SIZE.height);
    scene(canvas.getContext("2d"), assets);
    return { canvas };
  },
  async "2D node"(host, scene) {
    const { node } = host.mountCanvas({ id: "scene", type: "2d", ...SIZE });
    const canvas = Object.assign(node as NonNullable<typeof node>, SIZE);
    scene(canvas.getContext("2d"), assets);
    return { canvas };
  },
};

function kind(title: string, drawer: string, scale: number, pixelRatio = 1): Kind {
  const names = Object.keys(drawer === "legacy canvas" ? forAll : scenes);
  return {
    title,
    scale,
    scenes: names.filter((name) => scale === 1 || !ownSizeOnly.has(name)),
    async draw(name) {
      const host = createHost({ pixelRatio });
      const source = await DRAWERS[drawer]?.(host, scenes[name] as Scene);
      const size = { destWidth: SIZE.width * scale, destHeight: SIZE.height * scale };
      const { data } = await host.canvasToBuffer({ ...source, ...size });
      await host.dispose();
      return data;
    },
  };
}

export const kinds: readonly Kind[] = [
  kind("legacy canvas, pixelRatio 1", "legacy canvas", 1),
  kind("legacy canvas, pixelRatio 2", "legacy canvas", 2, 2),
  kind("createCanvas", "createCanvas", 1),
  kind("2D node", "2D node", 1),
  ...[2, 3].flatMap((scale) =>
    Object.keys(DRAWERS).map((drawer) => kind(`${drawer}, exported ${scale}×`, drawer, scale)),
  ),
];

/** The width of the text in that font, on each kind of canvas. */
export function widthsOf(host: Host, font: string, text: string): number[] {
  const { node } = host.mountCanvas({ id: "texts", type: "2d", ...SIZE });
  return [
    host.wx.createCanvasContext("texts"),
    host.wx.createOffscreenCanvas(SIZE).getContext("2d"),
    (node as NonNullable<typeof node>).getContext("2d"),
  ].map((context) => {
    context.font = font;
    return context.measureText(text).width;
  });
}
