// Scenes of pictures: drawn, reduced, enlarged, cut, repeated; shadows and filters of all.

function board(c) {
  c.fillStyle = "#fff";
  c.fillRect(0, 0, 240, 160);
}

function card(c) {
  c.fillStyle = "#fff";
  c.beginPath();
  c.roundRect(50, 40, 140, 80, 12);
  c.fill();
}

const repetitions = ["repeat", "repeat-x", "repeat-y", "no-repeat"];
const patterns = Object.fromEntries(
  repetitions.map((repetition) => [
    `a pattern: ${repetition}`,
    (c, { tile }) => {
      c.fillStyle = c.createPattern(tile, repetition);
      c.fillRect(0, 0, 230, 150);
    },
  ]),
);

const FILTERS = [
  ...["blur(3px)", "grayscale(100%)", "sepia(80%)", "invert(1)", "brightness(1.4)"],
  ...["contrast(60%)", "saturate(2)", "hue-rotate(90deg)", "opacity(40%)"],
  ...["drop-shadow(4px 4px 3px #c00)", "blur(2px) grayscale(50%)"],
];
const filters = Object.fromEntries(
  FILTERS.map((filter) => [
    `filter: ${filter}`,
    (c, { photo }) => {
      c.filter = filter;
      c.drawImage(photo, 20, 15, 120, 90);
      c.fillStyle = "#2a7";
      c.fillRect(150, 70, 70, 70);
    },
  ]),
);

export const scenes = {
  "a picture at its size"(c, { photo }) {
    c.drawImage(photo, 30, 20);
  },
  "a picture enlarged"(c, { photo }) {
    c.drawImage(photo, 0, 0, 240, 180);
  },
  "a picture enlarged much"(c, { tile }) {
    c.drawImage(tile, 40, 0, 160, 160);
  },
  "a picture enlarged without smoothing"(c, { tile }) {
    c.imageSmoothingEnabled = false;
    c.drawImage(tile, 48, 8, 144, 144);
  },
  "a picture reduced, high quality"(c, { photo }) {
    c.imageSmoothingQuality = "high";
    c.drawImage(photo, 10, 10, 64, 48);
    c.drawImage(photo, 100, 10, 40, 30);
  },
  "a picture reduced, medium quality"(c, { photo }) {
    c.imageSmoothingQuality = "medium";
    c.drawImage(photo, 10, 10, 64, 48);
    c.drawImage(photo, 100, 10, 40, 30);
  },
  "a picture reduced, low quality"(c, { photo }) {
    c.imageSmoothingQuality = "low";
    c.drawImage(photo, 10, 10, 120, 90);
  },
  "a part of a picture"(c, { photo }) {
    c.drawImage(photo, 40, 30, 80, 60, 20, 20, 200, 120);
  },
  "a part that reaches beyond the picture"(c, { photo }) {
    c.drawImage(photo, -40, -30, 160, 120, 20, 10, 200, 140);
  },
  "a picture with alpha"(c, { tile }) {
    c.fillStyle = "#fd0";
    c.fillRect(0, 60, 240, 40);
    for (let i = 0; i < 6; i++) c.drawImage(tile, 10 + i * 38, 50, 34, 60);
  },
  "pictures half-transparent"(c, { photo }) {
    c.globalAlpha = 0.5;
    c.drawImage(photo, 10, 10, 140, 100);
    c.drawImage(photo, 90, 50, 140, 100);
  },
  "a picture turned"(c, { photo }) {
    c.translate(120, 80);
    c.rotate(0.4);
    c.drawImage(photo, -70, -50, 140, 100);
  },
  "a picture mirrored"(c, { photo }) {
    c.translate(240, 0);
    c.scale(-1, 1);
    c.drawImage(photo, 30, 20);
  },
  "a portrait in a circle"(c, { photo }) {
    board(c);
    c.beginPath();
    c.arc(120, 80, 60, 0, 2 * Math.PI);
    c.clip();
    c.imageSmoothingQuality = "high";
    c.drawImage(photo, 40, 20, 160, 120);
  },
  "a canvas as a picture"(c, { createCanvas }) {
    const source = createCanvas(80, 60);
    const s = source.getContext("2d");
    s.fillStyle = "#135";
    s.fillRect(0, 0, 80, 60);
    s.fillStyle = "#fc6";
    s.beginPath();
    s.arc(40, 30, 20, 0, 2 * Math.PI);
    s.fill();
    c.drawImage(source, 10, 10);
    c.drawImage(source, 110, 40);
  },
  ...patterns,
  "a pattern under a transform"(c, { tile }) {
    c.translate(120, 10);
    c.rotate(0.6);
    c.fillStyle = c.createPattern(tile, "repeat");
    c.fillRect(0, 0, 110, 110);
  },
  "a pattern on lines"(c, { tile }) {
    c.strokeStyle = c.createPattern(tile, "repeat");
    c.lineWidth = 26;
    c.strokeRect(30, 30, 180, 100);
  },
  "a shadow"(c) {
    board(c);
    c.shadowColor = "rgba(0, 0, 0, 0.5)";
    c.shadowBlur = 16;
    c.shadowOffsetX = 6;
    c.shadowOffsetY = 10;
    card(c);
  },
  "a shadow without blur"(c) {
    c.shadowColor = "#c44";
    c.shadowOffsetX = -12;
    c.shadowOffsetY = 12;
    c.fillStyle = "#4a8";
    c.fillRect(60, 30, 120, 90);
  },
  "a glow"(c) {
    c.shadowColor = "#0cf";
    c.shadowBlur = 30;
    c.fillStyle = "#036";
    c.beginPath();
    c.arc(120, 80, 36, 0, 2 * Math.PI);
    c.fill();
  },
  "a shadow of lines"(c) {
    c.shadowColor = "blue";
    c.shadowBlur = 5;
    c.shadowOffsetY = 8;
    c.lineWidth = 6;
    c.strokeRect(40, 30, 160, 90);
  },
  "a shadow of a picture"(c, { photo }) {
    board(c);
    c.shadowColor = "rgba(0, 0, 0, 0.7)";
    c.shadowBlur = 12;
    c.shadowOffsetX = 8;
    c.shadowOffsetY = 8;
    c.drawImage(photo, 40, 20, 140, 105);
  },
  "a shadow of half-transparent things"(c) {
    c.shadowColor = "rgba(255, 0, 0, 0.8)";
    c.shadowOffsetX = 20;
    c.shadowOffsetY = 14;
    c.globalAlpha = 0.6;
    c.fillStyle = "rgba(0, 90, 0, 0.7)";
    c.fillRect(40, 30, 120, 80);
  },
  "a shadow does not follow the transform"(c) {
    c.shadowColor = "#333";
    c.shadowOffsetX = 10;
    c.shadowOffsetY = 4;
    c.shadowBlur = 4;
    c.translate(120, 80);
    c.rotate(1);
    c.scale(2, 0.7);
    c.fillStyle = "#f90";
    c.fillRect(-25, -25, 50, 50);
  },
  "a shadow that a clip cuts"(c) {
    c.rect(0, 0, 150, 160);
    c.clip();
    c.shadowColor = "black";
    c.shadowBlur = 14;
    c.fillStyle = "#fff";
    c.fillRect(60, 40, 120, 80);
  },
  "a shadow of a gradient"(c) {
    const gradient = c.createLinearGradient(60, 0, 180, 0);
    gradient.addColorStop(0, "transparent");
    gradient.addColorStop(1, "#e63");
    c.fillStyle = gradient;
    c.shadowColor = "#336";
    c.shadowOffsetY = 18;
    c.shadowBlur = 3;
    c.fillRect(60, 30, 120, 80);
  },
  ...filters,
};

export const standard = {
  "pixels that are put"(c) {
    const pixels = c.createImageData(80, 60);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const [x, y] = [(i / 4) % 80, Math.floor(i / 320)];
      pixels.data.set([x * 3, y * 4, 128, x > 40 ? 160 : 255], i);
    }
    c.fillStyle = "#ddd";
    c.fillRect(0, 0, 240, 160);
    c.putImageData(pixels, 20, 20);
    c.putImageData(pixels, 130, 60, 20, 10, 50, 40);
  },
  "a canvas drawn onto itself"(c) {
    c.fillStyle = "#a3c";
    c.fillRect(10, 10, 60, 40);
    c.fillStyle = "#3ca";
    c.fillRect(40, 30, 40, 40);
    c.drawImage(c.canvas, 0, 0, 120, 80, 100, 60, 120, 80);
  },
  "pictures read, inverted, and put back"(c, { photo }) {
    c.drawImage(photo, 20, 10, 200, 140);
    const pixels = c.getImageData(60, 40, 100, 70);
    for (let i = 0; i < pixels.data.length; i++) {
      if (i % 4 !== 3) pixels.data[i] = 255 - pixels.data[i];
    }
    c.putImageData(pixels, 60, 40);
  },
};

/** Pixels are put and read in pixels of the canvas: these are compared at its own size. */
export const ownSizeOnly = Object.keys(standard);
