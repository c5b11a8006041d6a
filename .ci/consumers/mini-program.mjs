// Optional peers, and a mini-program's file that is an ES module.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as miniProgram from "wx-canvas-node/miniprogram";

export function runMiniProgram(host, root) {
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
