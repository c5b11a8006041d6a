// Scenes of text: fonts, sizes, alignment, baselines, strokes, widths, Chinese and emoji.

const line = (c, y) => {
  c.save();
  c.strokeStyle = "rgba(255, 0, 0, 0.5)";
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(0, y + 0.5);
  c.lineTo(240, y + 0.5);
  c.stroke();
  c.restore();
};

export const scenes = {
  "text of every size"(c, { family }) {
    let y = 14;
    for (const size of [10, 13, 17, 24, 36]) {
      c.font = `${size}px "${family}"`;
      c.fillText("Poster 2024 &c", 6, y);
      y += size * 1.3;
    }
  },
  "large text"(c, { family }) {
    c.font = `90px "${family}"`;
    c.fillText("Agjk", 10, 110);
  },
  "bold text"(c, { family }) {
    c.font = `bold 34px "${family}"`;
    c.fillText("Bold ¥199.00", 8, 60);
    c.font = `700 20px "${family}"`;
    c.fillText("weight 700, size 20", 8, 110);
  },
  "Chinese text"(c, { family }) {
    c.font = `26px "${family}"`;
    c.fillText("扫码查看，限时特惠", 4, 50);
    c.font = `bold 18px "${family}"`;
    c.fillText("海报生成：一二三四五六", 4, 100);
  },
  "mixed Chinese and Latin"(c, { family }) {
    c.font = `20px "${family}"`;
    c.fillText("价格 Price：￥99.9 元 / each", 4, 80);
  },
  "text alignment"(c, { family }) {
    c.font = `18px "${family}"`;
    for (const [i, align] of ["left", "center", "right", "start", "end"].entries()) {
      c.textAlign = align;
      c.fillText(`at ${align}`, 120, 26 + i * 28);
    }
  },
  "text baselines"(c, { family }) {
    line(c, 80);
    c.font = `16px "${family}"`;
    const baselines = ["top", "hanging", "middle", "alphabetic", "ideographic", "bottom"];
    for (const [i, baseline] of baselines.entries()) {
      c.textBaseline = baseline;
      c.fillText("Ágy", 6 + i * 39, 80);
    }
  },
  "baselines of Chinese"(c, { family }) {
    line(c, 60);
    c.font = `24px "${family}"`;
    for (const [i, baseline] of ["top", "middle", "alphabetic", "bottom"].entries()) {
      c.textBaseline = baseline;
      c.fillText("海报", 6 + i * 58, 60);
    }
  },
  "stroked text"(c, { family }) {
    c.font = `bold 52px "${family}"`;
    c.lineWidth = 2;
    c.strokeText("Stroke", 10, 70);
    c.lineWidth = 6;
    c.lineJoin = "round";
    c.strokeStyle = "#d33";
    c.strokeText("海报", 10, 140);
    c.fillStyle = "#fff";
    c.fillText("海报", 10, 140);
  },
  "text of a maximum width"(c, { family }) {
    c.font = `28px "${family}"`;
    c.fillText("This is squeezed", 10, 40, 120);
    c.fillText("This is not", 10, 90, 400);
    c.textAlign = "center";
    c.fillText("centred, squeezed", 120, 140, 100);
  },
  "text filled with a gradient"(c, { family }) {
    const gradient = c.createLinearGradient(0, 0, 240, 0);
    gradient.addColorStop(0, "#f06");
    gradient.addColorStop(1, "#06f");
    c.fillStyle = gradient;
    c.font = `bold 56px "${family}"`;
    c.fillText("Colour", 10, 100);
  },
  "text that is turned"(c, { family }) {
    c.font = `22px "${family}"`;
    c.translate(120, 80);
    for (let i = 0; i < 6; i++) {
      c.fillStyle = `hsl(${i * 60} 70% 40%)`;
      c.fillText("turned", 20, 0);
      c.rotate(Math.PI / 3);
    }
  },
  "text that is scaled"(c, { family }) {
    c.font = `12px "${family}"`;
    c.scale(3, 2);
    c.fillText("scaled", 4, 30);
    c.scale(0.5, 2);
    c.fillText("narrow", 4, 36);
  },
  "text that is skewed"(c, { family }) {
    c.font = `30px "${family}"`;
    c.transform(1, 0.1, -0.4, 1, 50, 20);
    c.fillText("skewed 文字", 10, 60);
  },
  "letter spacing"(c, { family }) {
    c.font = `20px "${family}"`;
    for (const [i, spacing] of ["0px", "2px", "6px", "-1px"].entries()) {
      c.letterSpacing = spacing;
      c.fillText("spacing 间距", 6, 30 + i * 36);
    }
  },
  "text with a shadow"(c, { family }) {
    c.font = `bold 44px "${family}"`;
    c.shadowColor = "rgba(0, 0, 0, 0.6)";
    c.shadowBlur = 6;
    c.shadowOffsetX = 4;
    c.shadowOffsetY = 4;
    c.fillStyle = "#f60";
    c.fillText("Shadow", 12, 90);
  },
  "text cut by a clip"(c, { family }) {
    c.rect(20, 40, 200, 30);
    c.clip();
    c.font = `50px "${family}"`;
    c.fillText("Clipped", 10, 80);
  },
  "lines broken by their widths"(c, { family }) {
    c.font = `15px "${family}"`;
    let [text, y] = ["", 24];
    for (const character of "用 measureText 测量宽度，在画布上自动换行的一段文字，来自小程序海报。") {
      if (c.measureText(text + character).width > 220) {
        c.fillText(text, 10, y);
        [text, y] = ["", y + 22];
      }
      text += character;
    }
    c.fillText(text, 10, y);
  },
  "half-transparent text over a picture"(c, { family, photo }) {
    c.drawImage(photo, 0, 0, 240, 160);
    c.globalAlpha = 0.7;
    c.fillStyle = "#fff";
    c.font = `bold 40px "${family}"`;
    c.fillText("Overlay", 30, 95);
  },
  "text cut out of a fill"(c, { family }) {
    c.fillStyle = "#246";
    c.fillRect(0, 0, 240, 160);
    c.globalCompositeOperation = "destination-out";
    c.font = `bold 60px "${family}"`;
    c.fillText("HOLE", 20, 100);
  },
  "spaces and tabs"(c, { family }) {
    c.font = `18px "${family}"`;
    c.fillText("  two   spaces", 6, 40);
    c.fillText("a\ttab and a\nline break", 6, 80);
    c.textAlign = "right";
    c.fillText("to the right  ", 234, 120);
  },
  emoji(c, { family, emoji }) {
    c.font = `40px "${family}", "${emoji}"`;
    c.fillText("😀😂😅", 10, 70);
    c.font = `20px "${family}", "${emoji}"`;
    c.fillText("ok 😀 yes 😂 好", 10, 120);
  },
  "a pattern in text"(c, { tile, family }) {
    c.fillStyle = c.createPattern(tile, "repeat");
    c.font = `bold 80px "${family}"`;
    c.fillText("PAT", 20, 110);
  },
  "a share card"(c, { photo, tile, family }) {
    c.fillStyle = "#fff";
    c.fillRect(0, 0, 240, 160);
    c.imageSmoothingQuality = "high";
    c.drawImage(photo, 0, 0, 240, 100);
    c.save();
    c.beginPath();
    c.arc(40, 100, 24, 0, 2 * Math.PI);
    c.clip();
    c.drawImage(tile, 16, 76, 48, 48);
    c.restore();
    c.fillStyle = "#222";
    c.font = `bold 18px "${family}"`;
    c.fillText("今日推荐 Today", 74, 124);
    c.fillStyle = "#e33";
    c.font = `14px "${family}"`;
    c.fillText("￥129.00", 74, 148);
  },
  "empty texts, and those outside"(c, { family }) {
    c.font = `20px "${family}"`;
    c.fillText("", 10, 10);
    c.fillText("beyond", 230, 20);
    c.fillText("above", 20, -2);
    c.fillText("seen", 20, 100);
  },
};

export const standard = {};

/** Texts whose widths are compared, in each font. */
export const texts = [
  "Poster",
  "AVATAR To. Wa",
  "fi fl ffi",
  "1234567890",
  "¥199.00",
  "扫码查看详情",
  "价格 Price：￥99",
  "  spaces  ",
  "i",
  "一",
  "The quick brown fox jumps over the lazy dog",
];

export const fonts = (family) => [
  ...[10, 12, 13.5, 16, 20, 28, 64].map((size) => `${size}px "${family}"`),
  ...[14, 32].map((size) => `bold ${size}px "${family}"`),
];
