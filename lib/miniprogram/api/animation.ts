// wx.createAnimation: records the steps of an animation. Views are not rendered: nothing plays it.

/** A change: a transform by its name, or `style` with a property of CSS and its value. */
interface Change {
  type: string;
  args: unknown[];
}

/** The changes of a step, with those of the steps before, and how long they take. */
interface Step {
  animates: Change[];
  option: { transformOrigin: unknown; transition: object };
}

/** An animation whose methods return itself; `export` gives the steps, and removes them. */
type Animation = Record<string, (...args: unknown[]) => unknown>;

const TRANSFORMS = [
  ...["matrix", "matrix3d", "rotate", "rotate3d", "rotateX", "rotateY", "rotateZ"],
  ...["scale", "scale3d", "scaleX", "scaleY", "scaleZ", "skew", "skewX", "skewY"],
  ...["translate", "translate3d", "translateX", "translateY", "translateZ"],
];
/** Styles by their method; numbers of lengths are pixels. */
const STYLES = { opacity: "opacity", backgroundColor: "background-color" };
const LENGTHS = ["width", "height", "left", "right", "top", "bottom"];

const DEFAULTS = {
  duration: 400,
  timingFunction: "linear",
  delay: 0,
  transformOrigin: "50% 50% 0",
};

/** https://developers.weixin.qq.com/miniprogram/dev/api/ui/animation/wx.createAnimation.html */
export function createAnimation(options?: unknown): Animation {
  const changes = new Map<string, Change>();
  let steps: Step[] = [];

  const animation: Animation = {
    step(own) {
      const all = { ...DEFAULTS, ...(options as object), ...(own as object) };
      const { transformOrigin, ...transition } = all;
      steps.push({ animates: [...changes.values()], option: { transformOrigin, transition } });
      return animation;
    },
    export() {
      const actions = steps;
      steps = [];
      return { actions };
    },
  };
  const add = (key: string, change: Change): Animation => {
    changes.set(key, change);
    return animation;
  };
  const style = (name: string, value: unknown) => add(name, { type: "style", args: [name, value] });
  for (const type of TRANSFORMS) animation[type] = (...args) => add(type, { type, args });
  for (const [method, name] of Object.entries(STYLES)) {
    animation[method] = (value) => style(name, value);
  }
  for (const name of LENGTHS) {
    animation[name] = (value) => style(name, typeof value === "number" ? `${value}px` : value);
  }
  return animation;
}
