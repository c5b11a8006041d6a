// Runs in Chromium: draws the scenes there, at any scale, and measures the texts.

/** Loads scenes, fonts and pictures; the page keeps them. */
export async function prepare({ modules, fonts, pictures }) {
  for (const { family, weight, url } of fonts) {
    const face = new FontFace(family, `url(${url})`, { weight: String(weight) });
    document.fonts.add(await face.load());
  }
  const images = {};
  for (const [name, url] of Object.entries(pictures)) {
    images[name] = new Image();
    images[name].src = url;
    await images[name].decode();
  }
  const createCanvas = (width, height) =>
    Object.assign(document.createElement("canvas"), { width, height });
  const all = await Promise.all(modules.map((url) => import(url)));
  const scenes = Object.assign({}, ...all.flatMap((one) => [one.scenes, one.standard]));
  const { texts, fonts: fontsOf } = all.find((one) => one.texts);
  const { family } = fonts[0];
  const emoji = fonts.at(-1).family;
  const assets = { ...images, createCanvas, Path2D, family, emoji };

  Object.assign(globalThis, {
    /** The scene as the data URL of a PNG. */
    drawScene(name, width, height, scale) {
      const canvas = createCanvas(width * scale, height * scale);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      scaleUp(context, scale);
      scenes[name](context, assets);
      return canvas.toDataURL();
    },
    measureTexts() {
      const context = createCanvas(1, 1).getContext("2d");
      return fontsOf(family).flatMap((font) => {
        context.font = font;
        return texts.map((text) => ({ font, text, width: context.measureText(text).width }));
      });
    },
  });
}

/** Shadows, filters and absolute transforms do not follow a scale by themselves. */
function scaleUp(context, scale) {
  const prototype = CanvasRenderingContext2D.prototype;
  const multiply = (name, by) => {
    const { get, set } = Object.getOwnPropertyDescriptor(prototype, name);
    Object.defineProperty(context, name, {
      get,
      set(value) {
        set.call(context, by(value));
      },
    });
  };
  for (const name of ["shadowBlur", "shadowOffsetX", "shadowOffsetY"]) {
    multiply(name, (length) => length * scale);
  }
  multiply("filter", (filter) =>
    filter.replace(/([\d.]+)px/g, (_, length) => `${Number(length) * scale}px`),
  );
  context.resetTransform = () => prototype.setTransform.call(context, scale, 0, 0, scale, 0, 0);
  context.setTransform = (...matrix) => {
    context.resetTransform();
    context.transform(...matrix);
  };
  context.resetTransform();
}
