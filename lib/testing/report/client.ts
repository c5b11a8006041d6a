// The script of the report's page: the list with search and filters, the views, the keyboard.

export const CLIENT: string = String.raw`
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const state = { view: "side", isFit: true, status: null, text: "", at: 0 };
let shown = [];

// Only what is looked at is decoded, to a canvas: the browser keeps hundreds of megabytes of
// images.
function image(number, alt) {
  const made = element("canvas", { role: "img", ariaLabel: alt });
  draw(made, number).catch(() => made.replaceWith("This picture cannot be shown."));
  return made;
}
async function draw(canvas, number) {
  const { type, scale } = data.images[number];
  const url = "data:" + type + ";base64," + $("image-" + number).textContent;
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const { width, height } = bitmap;
  Object.assign(canvas, { width, height });
  // A reduced picture takes the place that it would have taken.
  canvas.style.setProperty("--width", Math.round(width / scale) + "px");
  canvas.style.setProperty("--ratio", width / height);
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  canvas.dataset.drawn = "";
}
function figure(name, number) {
  if (number === undefined) return element("figure", {}, element("figcaption", {}, name), "—");
  const { scale } = data.images[number];
  const caption = scale === 1 ? name : name + " (shown at " + Math.round(scale * 100) + " %)";
  return element("figure", {}, element("figcaption", {}, caption),
    element("div", { className: "checks" }, image(number, name)));
}
const views = {
  side: (f) => ["expected", "actual", "diff"].filter((name) => name !== "diff" || f.diff !== undefined)
    .map((name) => figure(name, f[name])),
  slider(f) {
    if (f.expected === undefined || f.actual === undefined) return views.side(f);
    const top = image(f.actual, "actual");
    const stack = element("div", { className: "stack" }, image(f.expected, "expected"), top);
    const range = element("input", { type: "range", id: "slider", min: 0, max: 100, value: 50, ariaLabel: "Expected on the left, actual on the right" });
    range.oninput = () => {
      stack.style.setProperty("--at", range.value + "%");
      top.style.clipPath = "inset(0 0 0 " + range.value + "%)";
    };
    const follow = (event) => {
      const { left, width } = stack.getBoundingClientRect();
      range.value = ((event.clientX - left) / width) * 100;
      range.oninput();
    };
    stack.onpointermove = (event) => event.buttons && follow(event);
    stack.onpointerdown = follow;
    range.oninput();
    return [element("figure", {}, element("figcaption", {}, "expected | actual"), range, stack)];
  },
  diff: (f) => [figure("diff", f.diff)],
};
function show() {
  const failure = shown[state.at];
  for (const button of document.querySelectorAll("[data-view]")) button.ariaPressed = String(button.dataset.view === state.view);
  $("zoom").textContent = state.isFit ? "Fit" : "100 %";
  for (const [index, item] of [...$("list").children].entries()) {
    const button = item.firstChild;
    button.ariaCurrent = String(index === state.at);
    if (index === state.at) button.scrollIntoView({ block: "nearest" });
  }
  if (!failure) {
    $("picture").replaceChildren(element("p", {}, data.failures.length === 0 ? "Nothing to look at." : "Nothing found."));
    return;
  }
  for (const old of document.querySelectorAll("#picture canvas")) old.width = 0;
  const images = element("div", { className: "images " + (state.isFit ? "fit" : "natural") }, ...views[state.view](failure));
  $("picture").replaceChildren(
    element("h2", {}, failure.name),
    element("p", {}, [failure.test, failure.title, failure.summary].filter(Boolean).join(" · ")),
    images,
    element("pre", {}, failure.message ?? ""),
  );
  history.replaceState(null, "", "#" + encodeURIComponent(failure.test + "/" + failure.name));
}
function list() {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  shown = data.failures.filter((f) => {
    const text = [f.test, f.name, f.title, f.status].join(" ").toLowerCase();
    return (!state.status || f.status === state.status) && words.every((word) => text.includes(word));
  });
  $("list").replaceChildren(...shown.map((f, index) => {
    const share = f.share === undefined ? f.status : (f.share * 100).toFixed(2) + " %";
    const button = element("button", { type: "button" }, element("b", {}, f.name),
      element("small", {}, element("span", {}, f.test), element("span", { className: "status" }, share)));
    button.onclick = () => { state.at = index; show(); };
    return element("li", {}, button);
  }));
  state.at = Math.max(0, Math.min(state.at, shown.length - 1));
  show();
}
function filters() {
  const counts = {};
  for (const { status } of data.failures) counts[status] = (counts[status] ?? 0) + 1;
  const statuses = Object.keys(counts);
  if (statuses.length < 2) return;
  $("filters").replaceChildren(...[null, ...statuses].map((status) => {
    const text = status === null ? "all " + data.failures.length : status + " " + counts[status];
    const button = element("button", { type: "button", ariaPressed: String(state.status === status) }, text);
    button.onclick = () => { state.status = status; state.at = 0; filters(); list(); };
    return button;
  }));
}
function environment() {
  const changes = new Map();
  for (const { environmentChanges } of data.failures) {
    for (const change of environmentChanges ?? []) changes.set(change, (changes.get(change) ?? 0) + 1);
  }
  if (changes.size === 0) return;
  const box = $("environment");
  box.hidden = false;
  box.open = changes.size <= 6;
  box.querySelector("summary").textContent = "The environment is not the one that made the baselines: the drawing may be the same.";
  box.querySelector("ul").replaceChildren(...[...changes].map(([change, count]) =>
    element("li", {}, change + " (" + count + (count === 1 ? " picture)" : " pictures)"))));
}
const setView = (view) => { state.view = view; show(); };
const keys = {
  j: () => { if (state.at < shown.length - 1) state.at++; show(); },
  k: () => { if (state.at > 0) state.at--; show(); },
  1: () => setView("side"), 2: () => setView("slider"), 3: () => setView("diff"),
  z: () => { state.isFit = !state.isFit; show(); },
  "/": () => $("search").focus(),
  ArrowLeft: () => slide(-2), ArrowRight: () => slide(2),
};
keys.ArrowDown = keys.j;
keys.ArrowUp = keys.k;
function slide(by) {
  const range = $("slider");
  if (!range) return;
  range.value = Number(range.value) + by;
  range.oninput();
}
document.onkeydown = (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.type === "search") {
    if (event.key === "Escape" || event.key === "Enter") target.blur();
    if (!event.key.startsWith("Arrow") || event.key === "ArrowLeft" || event.key === "ArrowRight") return;
  }
  if (target.type === "range" && event.key.startsWith("Arrow")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
};
$("search").oninput = (event) => { state.text = event.target.value; state.at = 0; list(); };
for (const button of document.querySelectorAll("[data-view]")) button.onclick = () => setView(button.dataset.view);
$("zoom").onclick = keys.z;
const counts = Object.entries(data.counts).map(([status, count]) => count + " " + status).join(", ");
$("run").textContent = new Date(data.startedAt).toLocaleString() + " · " + counts;
const wanted = decodeURIComponent(location.hash.slice(1));
state.at = Math.max(0, data.failures.findIndex((f) => f.test + "/" + f.name === wanted));
environment();
filters();
list();
`;
