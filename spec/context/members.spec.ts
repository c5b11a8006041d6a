// One golden picture per member of the legacy context, at ratio 1 and, drawn sharp, at ratio 3.
import assert from "node:assert/strict";
import { PROPERTIES, WECHAT_SETTERS } from "../../lib/context/members.ts";
import { METHODS } from "../../lib/context/methods.ts";
import type { CanvasContext } from "../../lib/index.ts";
import { matchPicture } from "../../lib/testing/index.ts";
import { FAMILY } from "../support/fonts.ts";
import { withHost } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";
import { STAMP } from "../support/scenes.ts";

const SIZE = 48;

type Scene = (context: CanvasContext) => void;

function triangle(c: CanvasContext): void {
  c.moveTo(8, 40);
  c.lineTo(24, 8);
  c.lineTo(40, 40);
}

function star(c: CanvasContext): void {
  for (let i = 0; i < 5; i++) {
    const angle = (i * 4 * Math.PI) / 5 - Math.PI / 2;
    c.lineTo(24 + 20 * Math.cos(angle), 24 + 20 * Math.sin(angle));
  }
  c.closePath();
}

/** Two strokes that meet in a sharp angle. */
function corner(c: CanvasContext): void {
  c.moveTo(8, 36);
  c.lineTo(24, 12);
  c.lineTo(40, 36);
  c.stroke();
}

const disc: Scene = (c) => {
  c.beginPath();
  c.arc(24, 24, 16, 0, 2 * Math.PI);
  c.fill();
};

const crossedDiscs: Scene = (c) => {
  c.fillStyle = "#e33";
  c.beginPath();
  c.arc(18, 24, 13, 0, 7);
  c.fill();
};

const write =
  (text: string, x = 6, y = 30): Scene =>
  (c) => {
    if (c.font === "10px sans-serif") c.font = `20px "${FAMILY}"`;
    c.fillText(text, x, y);
  };

function stops(
  c: CanvasContext,
  gradient: ReturnType<CanvasContext["createLinearGradient"]>,
): void {
  gradient.addColorStop(0.2, "#e33");
  gradient.addColorStop(0.5, "#fc0");
  gradient.addColorStop(0.8, "#06c");
  c.fillStyle = gradient;
  c.fillRect(4, 4, 40, 40);
}

const shadowed: Scene = (c) => {
  c.shadowColor = "#06c";
  c.fillStyle = "#fc0";
  c.fillRect(10, 10, 20, 20);
};

/** Each member, and the drawing that shows it. */
const rows: Record<string, Scene> = {
  // Methods.
  save: (c) => {
    c.fillStyle = "#e33";
    c.save();
    c.fillStyle = "#06c";
    c.translate(24, 24);
    c.fillRect(0, 0, 20, 20);
    c.restore();
    c.fillRect(0, 0, 20, 20);
  },
  restore: (c) => {
    c.save();
    c.rect(0, 0, 24, 24);
    c.clip();
    c.restore();
    disc(c);
  },
  scale: (c) => {
    c.scale(2, 0.5);
    c.strokeRect(4, 20, 16, 50);
  },
  rotate: (c) => {
    c.translate(24, 24);
    c.rotate(Math.PI / 6);
    c.fillRect(-14, -14, 28, 28);
  },
  translate: (c) => {
    c.translate(20, 12);
    c.fillRect(0, 0, 20, 20);
  },
  transform: (c) => {
    c.transform(1, 0.3, -0.4, 1, 14, 0);
    c.fillRect(8, 8, 24, 24);
  },
  setTransform: (c) => {
    c.rotate(1);
    c.setTransform(1, 0, 0.5, 1, 0, 8);
    c.fillRect(0, 0, 24, 24);
  },
  resetTransform: (c) => {
    c.rotate(1);
    c.resetTransform();
    c.fillRect(4, 4, 24, 12);
  },
  beginPath: (c) => {
    c.rect(0, 0, 48, 48);
    c.beginPath();
    triangle(c);
    c.fill();
  },
  closePath: (c) => {
    triangle(c);
    c.closePath();
    c.stroke();
  },
  moveTo: (c) => {
    c.moveTo(8, 8);
    c.lineTo(40, 8);
    c.moveTo(8, 40);
    c.lineTo(40, 40);
    c.stroke();
  },
  lineTo: (c) => {
    triangle(c);
    c.stroke();
  },
  rect: (c) => {
    c.rect(8, 12, 32, 20);
    c.fill();
  },
  roundRect: (c) => {
    c.roundRect(6, 6, 36, 36, [12, 0, 12, 4]);
    c.fill();
  },
  arc: (c) => {
    c.arc(24, 24, 16, 0.5, 5.5);
    c.stroke();
  },
  arcTo: (c) => {
    c.moveTo(8, 40);
    c.arcTo(8, 8, 40, 8, 20);
    c.lineTo(40, 8);
    c.stroke();
  },
  ellipse: (c) => {
    c.ellipse(24, 24, 20, 9, 0.5, 0, 2 * Math.PI);
    c.fill();
  },
  quadraticCurveTo: (c) => {
    c.moveTo(4, 40);
    c.quadraticCurveTo(24, -20, 44, 40);
    c.stroke();
  },
  bezierCurveTo: (c) => {
    c.moveTo(4, 24);
    c.bezierCurveTo(20, -20, 28, 68, 44, 24);
    c.stroke();
  },
  fill: (c) => {
    star(c);
    c.fill("evenodd");
  },
  stroke: (c) => {
    star(c);
    c.stroke();
  },
  clip: (c) => {
    star(c);
    c.clip();
    c.fillStyle = "#e33";
    c.fillRect(0, 0, 48, 24);
    c.fillStyle = "#06c";
    c.fillRect(0, 24, 48, 24);
  },
  fillRect: (c) => c.fillRect(8, 12, 32, 24),
  strokeRect: (c) => c.strokeRect(8, 12, 32, 24),
  clearRect: (c) => {
    c.fillRect(0, 0, 48, 48);
    c.clearRect(12, 12, 24, 24);
  },
  fillText: write("海A"),
  strokeText: (c) => {
    c.font = `32px "${FAMILY}"`;
    c.strokeText("山", 8, 36, 24);
  },
  drawImage: (c) => {
    c.drawImage(STAMP, 2, 2);
    c.drawImage(STAMP, 18, 2, 28, 21);
    c.drawImage(STAMP, 2, 2, 5, 4, 4, 26, 40, 20);
  },
  setLineDash: (c) => {
    c.lineWidth = 4;
    c.setLineDash([8, 4], 4);
    c.strokeRect(8, 8, 32, 32);
  },
  setFontSize: (c) => {
    c.font = `italic 10px "${FAMILY}"`;
    c.setFontSize(34);
    c.fillText("g", 12, 34);
  },
  setShadow: (c) => {
    c.setShadow(5, 5, 4, "#e33");
    c.fillRect(8, 8, 24, 24);
  },
  createLinearGradient: (c) => stops(c, c.createLinearGradient(4, 4, 44, 44)),
  createCircularGradient: (c) => stops(c, c.createCircularGradient(24, 24, 24)),
  createRadialGradient: (c) => stops(c, c.createRadialGradient(14, 14, 2, 24, 24, 24)),
  createConicGradient: (c) => stops(c, c.createConicGradient(0, 24, 24)),
  createPattern: (c) => {
    c.fillStyle = c.createPattern(STAMP, "repeat");
    disc(c);
  },
  // Properties.
  fillStyle: (c) => {
    c.fillStyle = "rgb(0 102 204 / 60%)";
    disc(c);
  },
  strokeStyle: (c) => {
    c.strokeStyle = "hsl(10 80% 50%)";
    c.strokeRect(8, 8, 32, 32);
  },
  font: (c) => {
    c.font = `italic 26px "${FAMILY}"`;
    c.fillText("云3", 2, 34);
  },
  globalAlpha: (c) => {
    c.globalAlpha = 0.4;
    c.fillRect(4, 4, 26, 26);
    c.fillRect(18, 18, 26, 26);
  },
  globalCompositeOperation: (c) => {
    crossedDiscs(c);
    c.globalCompositeOperation = "xor";
    c.fillStyle = "#06c";
    c.beginPath();
    c.arc(30, 24, 13, 0, 7);
    c.fill();
  },
  lineCap: (c) => {
    c.lineWidth = 10;
    c.lineCap = "round";
    corner(c);
  },
  lineJoin: (c) => {
    c.lineWidth = 10;
    c.lineJoin = "bevel";
    corner(c);
  },
  lineWidth: (c) => {
    c.lineWidth = 7;
    corner(c);
  },
  lineDashOffset: (c) => {
    c.lineWidth = 4;
    c.setLineDash([10, 6]);
    c.lineDashOffset = 8;
    c.strokeRect(8, 8, 32, 32);
  },
  miterLimit: (c) => {
    c.lineWidth = 8;
    c.miterLimit = 1;
    corner(c);
  },
  shadowBlur: (c) => {
    c.shadowBlur = 8;
    shadowed(c);
  },
  shadowColor: (c) => {
    c.shadowOffsetX = 8;
    shadowed(c);
  },
  shadowOffsetX: (c) => {
    c.shadowOffsetX = -6;
    shadowed(c);
  },
  shadowOffsetY: (c) => {
    c.shadowOffsetY = 10;
    shadowed(c);
  },
  textAlign: (c) => {
    c.textAlign = "center";
    write("中", 24)(c);
  },
  textBaseline: (c) => {
    c.textBaseline = "top";
    write("上", 12, 4)(c);
  },
  direction: (c) => {
    c.direction = "rtl";
    write("ab", 44)(c);
  },
  letterSpacing: (c) => {
    c.letterSpacing = "8px";
    write("il", 4)(c);
  },
  filter: (c) => {
    c.filter = "blur(3px)";
    c.fillRect(12, 12, 24, 24);
  },
  imageSmoothingEnabled: (c) => {
    c.imageSmoothingEnabled = false;
    c.drawImage(STAMP, 2, 2, 44, 44);
  },
  imageSmoothingQuality: (c) => {
    c.imageSmoothingQuality = "low";
    c.drawImage(STAMP, 2, 2, 44, 44);
  },
  // WeChat's setters.
  setFillStyle: (c) => {
    c.setFillStyle("#e33");
    disc(c);
  },
  setStrokeStyle: (c) => {
    c.setStrokeStyle("#06c");
    c.strokeRect(8, 8, 32, 32);
  },
  setGlobalAlpha: (c) => {
    c.setGlobalAlpha(0.2);
    disc(c);
  },
  setLineCap: (c) => {
    c.setLineWidth(10);
    c.setLineCap("square");
    corner(c);
  },
  setLineJoin: (c) => {
    c.setLineWidth(10);
    c.setLineJoin("round");
    corner(c);
  },
  setLineWidth: (c) => {
    c.setLineWidth(3);
    corner(c);
  },
  setMiterLimit: (c) => {
    c.setLineWidth(8);
    c.setMiterLimit(20);
    corner(c);
  },
  setTextAlign: (c) => {
    c.setTextAlign("right");
    write("右", 44)(c);
  },
  setTextBaseline: (c) => {
    c.setTextBaseline("normal");
    write("gx", 8, 24)(c);
    c.setTextBaseline("middle");
    write("gx", 8, 24)(c);
  },
};

async function exported(scene: Scene, pixelRatio: number): Promise<Buffer> {
  return withHost({ pixelRatio }, async (host) => {
    host.mountCanvas({ canvasId: "a", width: SIZE, height: SIZE });
    const context = host.wx.createCanvasContext("a");
    scene(context);
    context.draw();
    return (await host.canvasToBuffer({ canvasId: "a" })).data;
  });
}

describe("the members of the legacy context", () => {
  const created = [
    "setFontSize",
    "setShadow",
    "createLinearGradient",
    "createCircularGradient",
    "createRadialGradient",
    "createConicGradient",
    "createPattern",
  ];
  const members = [...Object.keys(METHODS), ...PROPERTIES, ...WECHAT_SETTERS, ...created];

  it("have a row each", () => {
    assert.deepEqual(Object.keys(rows).sort(), [...members].sort());
  });

  for (const [member, scene] of Object.entries(rows)) {
    for (const pixelRatio of [1, 3]) {
      it(`match the golden picture of ${member} at ratio ${pixelRatio}`, async () => {
        const bytes = await exported(scene, pixelRatio);
        const { data, width } = await decode(bytes);
        assert.equal(width, SIZE * pixelRatio);
        assert.ok(new Set(data).size > 1, "blank");
        await matchPicture(bytes, `${member}@${pixelRatio}x`);
      });
    }
  }
});
