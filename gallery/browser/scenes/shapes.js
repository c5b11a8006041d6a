// Scenes of shapes: rectangles, paths, arcs, lines, dashes, transforms and clips.

/** A star around the middle. */
function star(c, x, y, radius, points = 5) {
  c.beginPath();
  for (let i = 0; i < points * 2; i++) {
    const far = i % 2 === 0 ? radius : radius / 2.4;
    const angle = (Math.PI * i) / points - Math.PI / 2;
    c.lineTo(x + far * Math.cos(angle), y + far * Math.sin(angle));
  }
  c.closePath();
}

/** A path that crosses itself: its fill rules differ. */
function pentagram(c) {
  c.beginPath();
  for (let i = 0; i < 5; i++) {
    const angle = (4 * Math.PI * i) / 5 - Math.PI / 2;
    c.lineTo(120 + 70 * Math.cos(angle), 84 + 70 * Math.sin(angle));
  }
  c.closePath();
}

function zigzag(c) {
  c.beginPath();
  for (let i = 0; i < 7; i++) c.lineTo(20 + i * 33, i % 2 === 0 ? 130 : 30);
}

export const scenes = {
  "fillRect: overlapping, half-transparent"(c) {
    for (let i = 0; i < 6; i++) {
      c.fillStyle = `hsla(${i * 60}, 80%, 50%, 0.6)`;
      c.fillRect(10 + i * 30, 10 + i * 14, 70, 60);
    }
  },
  "fillRect at parts of pixels"(c) {
    c.fillStyle = "#06c";
    for (let i = 0; i < 10; i++) c.fillRect(8.3 + i * 22.7, 12.6 + i * 3.3, 15.5, 90.25);
  },
  "strokeRect of every width"(c) {
    for (let i = 0; i < 6; i++) {
      c.lineWidth = i + 0.5;
      c.strokeStyle = `rgb(${i * 40}, 80, 160)`;
      c.strokeRect(10 + i * 12, 10 + i * 10, 200 - i * 24, 140 - i * 20);
    }
  },
  "negative sizes"(c) {
    c.fillStyle = "teal";
    c.fillRect(200, 140, -80, -60);
    c.strokeRect(100, 100, -80, -70);
  },
  "clearRect in a filled canvas"(c) {
    c.fillStyle = "#c33";
    c.fillRect(0, 0, 240, 160);
    c.clearRect(40, 30, 100, 50);
    c.clearRect(60.5, 90.5, 120, 40);
  },
  "a triangle"(c) {
    c.fillStyle = "seagreen";
    c.moveTo(120, 12);
    c.lineTo(220, 140);
    c.lineTo(20, 140);
    c.fill();
  },
  "a star, filled and stroked"(c) {
    star(c, 120, 80, 70);
    c.fillStyle = "gold";
    c.fill();
    c.lineWidth = 4;
    c.strokeStyle = "#840";
    c.stroke();
  },
  "stars of many points"(c) {
    for (let i = 0; i < 4; i++) {
      c.fillStyle = ["#e44", "#4a4", "#44e", "#a4a"][i];
      star(c, 35 + i * 57, 80, 27, 5 + i * 4);
      c.fill();
    }
  },
  "a pentagram, nonzero"(c) {
    pentagram(c);
    c.fillStyle = "purple";
    c.fill("nonzero");
  },
  "a pentagram, evenodd"(c) {
    pentagram(c);
    c.fillStyle = "purple";
    c.fill("evenodd");
  },
  "rings by direction"(c) {
    c.arc(80, 80, 60, 0, 2 * Math.PI);
    c.arc(80, 80, 30, 0, 2 * Math.PI, true);
    c.fillStyle = "#08a";
    c.fill();
  },
  circles(c) {
    for (let i = 0; i < 12; i++) {
      c.fillStyle = `hsl(${i * 30} 70% 55%)`;
      c.beginPath();
      c.arc(20 + i * 18, 80 + 40 * Math.sin(i), 5 + i * 1.5, 0, 2 * Math.PI);
      c.fill();
    }
  },
  "arcs, both directions"(c) {
    c.lineWidth = 5;
    for (let i = 0; i < 5; i++) {
      c.beginPath();
      c.arc(120, 80, 15 + i * 13, i, i + 2.5, i % 2 === 1);
      c.strokeStyle = `hsl(${i * 70} 80% 40%)`;
      c.stroke();
    }
  },
  "arcs of more than a turn"(c) {
    c.lineWidth = 3;
    c.arc(70, 80, 50, 1, 9);
    c.stroke();
    c.beginPath();
    c.arc(170, 80, 50, 1, -9, true);
    c.stroke();
  },
  "the parts of a pie"(c) {
    let from = -Math.PI / 2;
    for (const [share, colour] of [
      [0.4, "#5470c6"],
      [0.25, "#91cc75"],
      [0.2, "#fac858"],
      [0.15, "#ee6666"],
    ]) {
      c.beginPath();
      c.moveTo(120, 80);
      c.arc(120, 80, 70, from, from + share * 2 * Math.PI);
      c.closePath();
      c.fillStyle = colour;
      c.fill();
      from += share * 2 * Math.PI;
    }
  },
  "arcTo corners"(c) {
    c.moveTo(40, 20);
    c.arcTo(200, 20, 200, 140, 30);
    c.arcTo(200, 140, 40, 140, 20);
    c.arcTo(40, 140, 40, 20, 10);
    c.arcTo(40, 20, 200, 20, 5);
    c.closePath();
    c.lineWidth = 3;
    c.stroke();
    c.fillStyle = "rgba(0, 128, 255, 0.3)";
    c.fill();
  },
  "arcTo along a line, and of radius 0"(c) {
    c.moveTo(20, 60);
    c.arcTo(100, 60, 200, 60, 40);
    c.lineTo(200, 100);
    c.arcTo(120, 140, 20, 140, 0);
    c.lineTo(20, 140);
    c.stroke();
  },
  ellipses(c) {
    for (let i = 0; i < 5; i++) {
      c.beginPath();
      c.ellipse(120, 80, 90 - i * 12, 30 + i * 6, i * 0.5, 0, 2 * Math.PI);
      c.strokeStyle = `hsl(${i * 60} 60% 45%)`;
      c.lineWidth = 2;
      c.stroke();
    }
  },
  "a part of an ellipse"(c) {
    c.ellipse(120, 80, 90, 50, 0.4, 0.5, 4.5);
    c.fillStyle = "coral";
    c.fill();
    c.stroke();
  },
  "rounded rectangles"(c) {
    for (let i = 0; i < 4; i++) {
      c.beginPath();
      c.roundRect(10 + i * 57, 20, 50, 110, [i * 8, 4, 20 - i * 4, 12]);
      c.fillStyle = `hsl(${200 + i * 30} 60% 60%)`;
      c.fill();
    }
  },
  "a rounded rectangle of too large a radius"(c) {
    c.roundRect(20, 40, 200, 80, 90);
    c.fillStyle = "slateblue";
    c.fill();
  },
  "Bézier curves"(c) {
    c.lineWidth = 4;
    c.moveTo(20, 140);
    c.bezierCurveTo(60, -60, 180, 220, 220, 20);
    c.stroke();
    c.beginPath();
    c.moveTo(20, 20);
    c.quadraticCurveTo(120, 200, 220, 30);
    c.strokeStyle = "crimson";
    c.stroke();
  },
  "a heart of curves"(c) {
    c.moveTo(120, 50);
    c.bezierCurveTo(120, 20, 60, 10, 60, 60);
    c.bezierCurveTo(60, 100, 120, 120, 120, 150);
    c.bezierCurveTo(120, 120, 180, 100, 180, 60);
    c.bezierCurveTo(180, 10, 120, 20, 120, 50);
    c.fillStyle = "#e0245e";
    c.fill();
  },
  "thin lines"(c) {
    for (let i = 0; i < 24; i++) {
      c.beginPath();
      c.moveTo(120, 80);
      c.lineTo(120 + 110 * Math.cos(i * 0.26), 80 + 75 * Math.sin(i * 0.26));
      c.lineWidth = 0.5 + i / 12;
      c.stroke();
    }
  },
  "line caps"(c) {
    for (const [i, cap] of ["butt", "round", "square"].entries()) {
      c.lineCap = cap;
      c.lineWidth = 20;
      c.beginPath();
      c.moveTo(40, 35 + i * 45);
      c.lineTo(200, 35 + i * 45);
      c.stroke();
    }
  },
  "line joins"(c) {
    for (const [i, join] of ["miter", "round", "bevel"].entries()) {
      c.lineJoin = join;
      c.lineWidth = 12;
      c.beginPath();
      c.moveTo(20 + i * 72, 130);
      c.lineTo(50 + i * 72, 30);
      c.lineTo(80 + i * 72, 130);
      c.stroke();
    }
  },
  "miter limits"(c) {
    c.lineWidth = 8;
    for (const [i, limit] of [1, 3, 10].entries()) {
      c.miterLimit = limit;
      c.beginPath();
      c.moveTo(20 + i * 72, 140);
      c.lineTo(40 + i * 72, 40);
      c.lineTo(60 + i * 72, 140);
      c.stroke();
    }
  },
  "a zigzag that is closed"(c) {
    zigzag(c);
    c.closePath();
    c.lineWidth = 5;
    c.stroke();
  },
  dashes(c) {
    for (const [i, pattern] of [[10, 5], [4, 4], [20, 4, 2, 4], [12], [1, 9]].entries()) {
      c.setLineDash(pattern);
      c.lineWidth = 5;
      c.beginPath();
      c.moveTo(10, 20 + i * 30);
      c.lineTo(230, 20 + i * 30);
      c.stroke();
    }
  },
  "dashes with an offset"(c) {
    c.setLineDash([15, 8]);
    c.lineWidth = 6;
    for (let i = 0; i < 5; i++) {
      c.lineDashOffset = i * 5 - 8;
      c.strokeRect(10 + i * 14, 10 + i * 14, 220 - i * 28, 140 - i * 28);
    }
  },
  "dashes with round caps around a circle"(c) {
    c.setLineDash([0, 14]);
    c.lineCap = "round";
    c.lineWidth = 8;
    c.arc(120, 80, 60, 0, 2 * Math.PI);
    c.stroke();
  },
  "dashes that are turned off again"(c) {
    c.setLineDash([6, 6]);
    c.strokeRect(20, 20, 90, 120);
    c.setLineDash([]);
    c.strokeRect(130, 20, 90, 120);
  },
  translations(c) {
    for (let i = 0; i < 6; i++) {
      c.fillStyle = `hsl(${i * 50} 70% 50%)`;
      c.fillRect(0, 0, 30, 30);
      c.translate(36, 22);
    }
  },
  rotations(c) {
    c.translate(120, 80);
    for (let i = 0; i < 12; i++) {
      c.rotate(Math.PI / 6);
      c.fillStyle = `hsla(${i * 30}, 80%, 50%, 0.7)`;
      c.fillRect(20, -6, 50, 12);
    }
  },
  "scales, mirrored ones too"(c) {
    c.translate(120, 80);
    for (const [x, y] of [
      [1, 1],
      [-1, 1],
      [1.5, -1],
      [-0.5, -1.4],
    ]) {
      c.save();
      c.scale(x, y);
      c.fillStyle = x > 0 ? "#28c" : "#c82";
      star(c, 40, 30, 25);
      c.fill();
      c.restore();
    }
  },
  "skews by transform"(c) {
    c.transform(1, 0.3, -0.4, 1, 60, 10);
    c.fillStyle = "olive";
    c.fillRect(20, 10, 120, 80);
    c.lineWidth = 6;
    c.strokeRect(20, 10, 120, 80);
  },
  "setTransform and resetTransform"(c) {
    c.rotate(1);
    c.setTransform(0.8, 0.2, -0.2, 0.8, 60, 20);
    c.fillStyle = "brown";
    c.fillRect(0, 0, 120, 80);
    c.resetTransform();
    c.strokeRect(4, 4, 232, 152);
  },
  "saves in saves"(c) {
    for (let i = 0; i < 5; i++) {
      c.save();
      c.translate(20, 14);
      c.rotate(0.08);
      c.globalAlpha = 1 - i * 0.15;
      c.fillStyle = ["red", "orange", "gold", "green", "blue"][i];
      c.fillRect(0, 0, 120, 70);
    }
    for (let i = 0; i < 5; i++) c.restore();
    c.fillRect(200, 130, 30, 20);
  },
  "a line under a scale is scaled, too"(c) {
    c.scale(3, 0.7);
    c.lineWidth = 6;
    c.beginPath();
    c.arc(40, 110, 30, 0, 2 * Math.PI);
    c.stroke();
  },
  "a clip to a circle"(c) {
    c.arc(120, 80, 60, 0, 2 * Math.PI);
    c.clip();
    for (let i = 0; i < 24; i++) {
      c.fillStyle = i % 2 === 0 ? "#124" : "#9cf";
      c.fillRect(i * 10, 0, 10, 160);
    }
  },
  "clips within clips"(c) {
    c.rect(30, 20, 180, 120);
    c.clip();
    star(c, 120, 84, 80);
    c.clip();
    c.fillStyle = "tomato";
    c.fillRect(0, 0, 240, 160);
    c.fillStyle = "navy";
    c.fillRect(0, 80, 240, 20);
  },
  "a clip by the evenodd rule"(c) {
    pentagram(c);
    c.clip("evenodd");
    c.fillStyle = "darkcyan";
    c.fillRect(0, 0, 240, 160);
  },
  "a clip that a restore ends"(c) {
    c.save();
    c.beginPath();
    c.rect(20, 20, 60, 120);
    c.clip();
    c.fillStyle = "pink";
    c.fillRect(0, 0, 240, 160);
    c.restore();
    c.fillStyle = "rgba(0, 0, 0, 0.5)";
    c.fillRect(60, 60, 160, 40);
  },
  "a clip under a turn"(c) {
    c.translate(120, 80);
    c.rotate(0.5);
    c.beginPath();
    c.rect(-60, -40, 120, 80);
    c.clip();
    c.rotate(-0.5);
    c.fillStyle = "mediumpurple";
    c.fillRect(-120, -80, 240, 160);
  },
};

/**
 * Where legacy contexts differ, as WeChat's do: a path is built under the transform of its fill.
 */
export const standard = {
  "a transform between path and fill"(c) {
    c.rect(20, 20, 60, 60);
    c.translate(60, 40);
    c.fillStyle = "#393";
    c.fill();
  },
  "a path of several transforms"(c) {
    c.beginPath();
    for (let i = 0; i < 8; i++) {
      c.rotate(0.1);
      c.rect(30 + i * 12, 4, 8, 90);
    }
    c.fillStyle = "#36a";
    c.fill();
  },
  "Path2D, from SVG data, and added to"(c, { Path2D }) {
    const path = new Path2D("M20 80 C 60 0, 120 160, 160 80 L 220 140 H 20 Z");
    path.arc(190, 40, 24, 0, 2 * Math.PI);
    c.fillStyle = "peru";
    c.fill(path, "evenodd");
    c.lineWidth = 3;
    c.stroke(path);
  },
};
