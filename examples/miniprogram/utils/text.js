// 把文字按宽度折行，超出的用省略号
function wrapText(ctx, text, maxWidth, maxLines) {
  const lines = [];
  let line = "";
  for (const char of text) {
    if (char !== "\n" && ctx.measureText(line + char).width <= maxWidth) {
      line += char;
      continue;
    }
    lines.push(line);
    line = char === "\n" ? "" : char;
    if (lines.length === maxLines) {
      lines[maxLines - 1] = `${lines[maxLines - 1].slice(0, -1)}…`;
      return lines;
    }
  }
  if (line) lines.push(line);
  return lines;
}

module.exports = { wrapText };
