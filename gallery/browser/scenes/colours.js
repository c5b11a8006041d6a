// Scenes of colours: CSS values, alpha, gradients, and every way of compositing.

const MODES = [
  ...["source-over", "source-in", "source-out", "source-atop"],
  ...["destination-over", "destination-in", "destination-out", "destination-atop"],
  ...["lighter", "copy", "xor", "multiply", "screen", "overlay", "darken", "lighten"],
  ...["color-dodge", "color-burn", "hard-light", "soft-light", "difference", "exclusion"],
  ...["hue", "saturation", "color", "luminosity"],
];

function stops(gradient, ...colours) {
  for (const [i, colour] of colours.entries()) {
    gradient.addColorStop(i / (colours.length - 1), colour);
  }
  return gradient;
}

const composites = Object.fromEntries(
  MODES.map((mode) => [
    `composite: ${mode}`,
    (c) => {
      c.fillStyle = stops(c.createLinearGradient(0, 0, 180, 0), "#e33", "rgba(60, 90, 220, 0.7)");
      c.fillRect(20, 20, 130, 90);
      c.globalCompositeOperation = mode;
      c.fillStyle = "rgba(250, 200, 40, 0.8)";
      c.beginPath();
      c.arc(140, 95, 55, 0, 2 * Math.PI);
      c.fill();
    },
  ]),
);

export const scenes = {
  "colours in every CSS form"(c) {
    const colours = [
      ...["#f80", "#12ab34", "#0f08", "#336699cc", "rgb(200, 30, 90)", "rgba(0, 0, 0, .4)"],
      ...["hsl(120 60% 40%)", "hsla(280, 80%, 60%, 0.5)", "RebeccaPurple", "transparent"],
      ...["rgb(10 20 200 / 60%)", "hsl(0.5turn 50% 50%)"],
    ];
    for (const [i, colour] of colours.entries()) {
      c.fillStyle = colour;
      c.fillRect(4 + (i % 6) * 39, 10 + Math.floor(i / 6) * 75, 36, 70);
    }
  },
  "a colour that cannot be parsed changes nothing"(c) {
    c.fillStyle = "green";
    c.fillStyle = "no colour";
    c.fillRect(20, 20, 200, 120);
  },
  globalAlpha(c) {
    for (let i = 1; i <= 8; i++) {
      c.globalAlpha = i / 8;
      c.fillRect(i * 26, 20, 24, 120);
    }
  },
  "globalAlpha on half-transparent colours"(c) {
    c.globalAlpha = 0.5;
    c.fillStyle = "rgba(255, 0, 0, 0.5)";
    c.fillRect(20, 20, 120, 80);
    c.strokeStyle = "rgba(0, 0, 255, 0.6)";
    c.lineWidth = 12;
    c.strokeRect(80, 60, 120, 80);
  },
  "a linear gradient"(c) {
    c.fillStyle = stops(c.createLinearGradient(0, 0, 240, 0), "#f00", "#0f0", "#00f");
    c.fillRect(0, 0, 240, 160);
  },
  "a slanted gradient that ends before the canvas does"(c) {
    c.fillStyle = stops(c.createLinearGradient(60, 40, 160, 110), "#102a43", "#f0b429");
    c.fillRect(0, 0, 240, 160);
  },
  "a gradient of stops at one place"(c) {
    const gradient = c.createLinearGradient(20, 0, 220, 0);
    gradient.addColorStop(0, "red");
    gradient.addColorStop(0.5, "yellow");
    gradient.addColorStop(0.5, "blue");
    gradient.addColorStop(1, "white");
    c.fillStyle = gradient;
    c.fillRect(10, 10, 220, 140);
  },
  "a gradient to transparent"(c) {
    c.fillStyle = stops(c.createLinearGradient(0, 0, 0, 160), "rgba(0, 0, 0, 0.9)", "transparent");
    c.fillRect(0, 0, 240, 160);
  },
  "a radial gradient"(c) {
    c.fillStyle = stops(c.createRadialGradient(120, 80, 10, 120, 80, 75), "white", "#08c", "#024");
    c.fillRect(0, 0, 240, 160);
  },
  "a radial gradient of two centres"(c) {
    c.fillStyle = stops(c.createRadialGradient(90, 60, 5, 130, 85, 70), "#fff", "#e91e63");
    c.beginPath();
    c.arc(130, 85, 70, 0, 2 * Math.PI);
    c.fill();
  },
  "a conic gradient"(c) {
    const gradient = c.createConicGradient(0.7, 120, 80);
    c.fillStyle = stops(gradient, "red", "yellow", "lime", "aqua", "blue", "magenta", "red");
    c.fillRect(20, 10, 200, 140);
  },
  "a gradient on lines"(c) {
    c.strokeStyle = stops(c.createLinearGradient(0, 0, 240, 160), "orange", "purple");
    c.lineWidth = 14;
    c.strokeRect(20, 20, 200, 120);
  },
  "a gradient under a transform"(c) {
    c.translate(40, 10);
    c.rotate(0.3);
    c.fillStyle = stops(c.createLinearGradient(0, 0, 150, 0), "#0a0", "#ff0");
    c.fillRect(0, 0, 150, 90);
  },
  "a gradient that gets a stop after it was used"(c) {
    const gradient = stops(c.createLinearGradient(0, 0, 240, 0), "#fff", "#00f");
    c.fillStyle = gradient;
    c.fillRect(0, 10, 240, 60);
    gradient.addColorStop(0.5, "#f00");
    c.fillStyle = gradient;
    c.fillRect(0, 90, 240, 60);
  },
  ...composites,
};

export const standard = {};
