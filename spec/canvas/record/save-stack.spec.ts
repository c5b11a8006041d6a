// Saves and restores of recorded contexts: what the engine does itself, and done only where needed.
import assert from "node:assert/strict";
import { createCanvas, loadImage, type SKRSContext2D } from "../../../lib/engine/engine.ts";
import { createRandom, type Random } from "../../fuzz/random.ts";
import { withHost } from "../../support/hosts.ts";

const CALLS: ((context: SKRSContext2D, n: number) => void)[] = [
  (context) => context.save(),
  (context) => context.save(),
  (context) => context.restore(),
  (context) => context.restore(),
  (context, n) => {
    context.globalAlpha = n / 10;
  },
  (context, n) => {
    context.fillStyle = `rgb(${n * 20} 0 0)`;
  },
  (context, n) => context.translate(n, 1),
  (context, n) => context.setTransform(1, 0, 0, 1, n, n),
  (context, n) => context.setLineDash([n, 1]),
  (context, n) => {
    context.beginPath();
    context.rect(0, 0, 20 + n * 2, 40);
    context.clip();
  },
  (context, n) => context.fillRect(n, n, 20, 20),
];

const stateOf = (context: SKRSContext2D) => [
  context.globalAlpha,
  context.fillStyle,
  context.getLineDash(),
  `${context.getTransform()}`,
];

/** The same calls on both; now and then, all state is reset. */
function step(random: Random, contexts: readonly SKRSContext2D[]): void {
  const [call, n] = [random.pick(CALLS), random.below(10)];
  const [isReset, isResized] = [random.chance(60), random.chance(60)];
  for (const context of contexts) {
    call(context, n);
    if (isReset) context.reset();
    if (isResized) context.canvas.width = 40;
  }
}

describe("saves and restores of a recorded context", () => {
  it("leave the state and the picture that the engine's own leave, enlarged as well", () =>
    withHost({}, async (host) => {
      for (let seed = 0; seed < 40; seed++) {
        const random = createRandom(seed);
        const ours = host.createCanvas(`${seed}`, 40, 40).getContext("2d");
        const theirs = createCanvas(40, 40).getContext("2d");
        const twice = createCanvas(80, 80).getContext("2d");
        for (let i = 0; i < 80; i++) {
          step(random, [ours, theirs]);
          assert.deepEqual(stateOf(ours), stateOf(theirs), `seed ${seed}, call ${i}`);
        }
        twice.drawCanvas(theirs.canvas, 0, 0, 40, 40, 0, 0, 80, 80);
        const { data } = await host.canvasToBuffer({
          canvasId: `${seed}`,
          destWidth: 80,
          destHeight: 80,
        });
        const enlarged = createCanvas(80, 80).getContext("2d");
        enlarged.drawImage(await loadImage(data), 0, 0);
        const pixels = (context: SKRSContext2D, side: number) =>
          Buffer.from(context.getImageData(0, 0, side, side).data);
        assert.ok(pixels(ours, 40).equals(pixels(theirs, 40)), `seed ${seed}`);
        assert.ok(pixels(enlarged, 80).equals(pixels(twice, 80)), `seed ${seed}, enlarged`);
      }
    }));

  it("leave the edges of a path that goes on over them", () =>
    withHost({}, async (host) => {
      const random = createRandom(1);
      const ours = host.createCanvas("a", 40, 40).getContext("2d");
      const theirs = createCanvas(40, 40).getContext("2d");
      const calls: ((context: SKRSContext2D, n: number) => void)[] = [
        (context) => context.save(),
        (context) => context.restore(),
        (context, n) => context.rotate(n / 7),
        (context, n) => context.scale(1 + n / 30, 1 - n / 50),
        (context) => context.beginPath(),
        (context, n) => context.lineTo(n * 4, 3 * n - 5),
        (context, n) => context.quadraticCurveTo(20, n, n * 3, 40 - n),
        (context, n) => context.arc(20, 20, n * 2, n, n + 3),
        (context) => context.fill("evenodd"),
        (context) => context.stroke(),
      ];
      const contexts = [ours, theirs];
      const pixels = (context: SKRSContext2D) =>
        Buffer.from(context.getImageData(0, 0, 40, 40).data);
      for (let round = 0; round < 300; round++) {
        for (const context of contexts) context.reset();
        for (let i = 0; i < 40; i++) {
          const [call, n] = [random.pick(calls), random.below(10) + 0.3];
          for (const context of contexts) call(context, n);
        }
        assert.ok(pixels(ours).equals(pixels(theirs)), `round ${round}`);
      }
    }));

  it("cost at most what as many fillRects cost", async () => {
    const cost = (call: (context: SKRSContext2D) => void) =>
      withHost({}, async (host) => {
        const times: number[] = [];
        for (let round = 0; round < 3; round++) {
          const context = host.createCanvas(`${round}`, 100, 100).getContext("2d");
          const start = performance.now();
          for (let i = 0; i < 50_000; i++) call(context);
          times.push(performance.now() - start);
        }
        return Math.min(...times);
      });
    const most = await cost((context) => context.fillRect(1, 2, 3, 4));
    const its = await cost((context) => context.save());
    // Left to the engine, each takes as long as three rectangles or more.
    assert.ok(its <= most, `${its} ms, and ${most} ms for fillRect`);
  });
});
