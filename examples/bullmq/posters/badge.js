// A badge that says its number.
import { definePoster } from "wx-canvas-node/posters";
import { z } from "zod";

export default definePoster({
  width: 320,
  height: 320,
  data: z.object({ number: z.number().int().min(0), slow: z.number().optional() }),
  async draw({ context, data, signal }) {
    const hue = (data.number * 37) % 360;
    const light = context.createRadialGradient(110, 90, 10, 160, 160, 200);
    light.addColorStop(0, `hsl(${hue} 80% 70%)`);
    light.addColorStop(1, `hsl(${hue} 70% 30%)`);
    context.fillStyle = light;
    context.beginPath();
    context.arc(160, 160, 150, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = "#fff";
    context.font = "700 72px sans-serif";
    context.textAlign = "center";
    context.fillText(String(data.number), 160, 186);
    if (data.slow) {
      await new Promise((resolve, reject) => {
        setTimeout(resolve, data.slow);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
  },
});
