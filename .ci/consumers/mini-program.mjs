// Optional peers: a mini-program's file that is an ES module, and a project.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as miniProgram from "wx-canvas-node/miniprogram";

export async function runMiniProgram(host, root) {
  const project = join(root, "project");
  mkdirSync(join(project, "p"), { recursive: true });
  for (const [file, text] of Object.entries({
    "app.json": '{ "pages": ["p/p"] }',
    "p/p.js": "Page({ onReady() { wx.createCanvasContext('a').draw(); } });",
    "p/p.wxml": '<canvas canvas-id="a" style="width: 9px; height: 9px" />',
  })) {
    writeFileSync(join(project, file), text);
  }
  const opened = await miniProgram.openMiniProgram(host, { root: project });
  await opened.openPage("p/p");
  opened.dispose();

  writeFileSync(join(root, "six.js"), "export const six = 6;\n");
  writeFileSync(
    join(root, "poster.js"),
    'import { six } from "./six";\nexport const sum = six * 7;',
  );
  const frame = miniProgram.createFrame(host, { root });
  try {
    return frame.run("poster.js").exports.sum;
  } finally {
    frame.dispose();
  }
}
