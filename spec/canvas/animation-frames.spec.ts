// Animation frames follow the clock that a test replaces, and end with their host.
import assert from "node:assert/strict";
import { mock } from "node:test";
import { createAnimationFrames } from "../../lib/canvas/animation-frames.ts";

const real = Object.getOwnPropertyDescriptor(globalThis, "performance") as PropertyDescriptor;

describe("animation frames on a test's clock", () => {
  let now = 0;
  const advance = (milliseconds: number) => {
    for (let i = 0; i < milliseconds; i++) {
      now++;
      mock.timers.tick(1);
    }
  };

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    now = 0;
    Object.defineProperty(globalThis, "performance", {
      value: { now: () => now },
      configurable: true,
    });
  });
  afterEach(() => {
    mock.timers.reset();
    Object.defineProperty(globalThis, "performance", real);
  });

  /** Frames that request the next one each, and the times that they get. */
  function loop(): { times: number[]; frames: ReturnType<typeof createAnimationFrames> } {
    const frames = createAnimationFrames(undefined);
    const times: number[] = [];
    frames.request(function next(time: number) {
      times.push(time);
      frames.request(next);
    });
    return { times, frames };
  }

  it("come as it advances, with its times", async () => {
    const { times } = loop();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(times, []);
    advance(100);
    assert.ok(times.length >= 5 && times.length <= 7, `${times}`);
    assert.deepEqual(
      times,
      times.filter((time) => Number.isInteger(time) && time <= 100),
    );
  });

  it("come within a frame's time when the clock goes back", () => {
    const frames = createAnimationFrames(undefined);
    const times: number[] = [];
    now = 1_000_000;
    frames.request((time: number) => times.push(time));
    advance(20);
    now = 0;
    frames.request((time: number) => times.push(time));
    advance(20);
    assert.equal(times.length, 2);
  });

  it("end with the host, and with the request", () => {
    const { times, frames } = loop();
    frames.cancel(1);
    advance(40);
    assert.deepEqual(times, []);
    frames.stop();
    assert.equal(frames.request(assert.fail), 2);
    advance(40);
    const other = loop();
    advance(20);
    other.frames.stop();
    const { length } = other.times;
    advance(40);
    assert.equal(other.times.length, length);
    assert.throws(() => frames.request("x"), { code: "INVALID" });
  });
});
