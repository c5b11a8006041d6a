// The script of the preview's page. It is a string, because the page is one response under a strict
// content security policy.
export const CLIENT: string = String.raw`
"use strict";
const $ = (selector) => document.querySelector(selector);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const query = (path, values) => path + "?" + new URLSearchParams(values);
const get = async (path) => (await fetch(path)).json();
const post = async (path, body) =>
  (await fetch(path, { method: "POST", body: JSON.stringify(body) })).json();
const root = $("meta[name=root]").content;
const short = (file) => (file.startsWith(root) ? file.slice(root.length + 1) : file);
const link = ({ file, line = 1 }) => linkTo(file + ":" + line);
/** A link that opens the editor at a place: file:line, or file:line:column. */
const linkTo = (place) =>
  make("a", { href: "vscode://file" + encodeURI(place.replace(/^(?!\/)/, "/")), textContent: short(place) });

const CURES = {
  MISSING_CHARACTERS: "load a font that has them: npm i @fontsource/noto-sans-sc, await loadFont(…)",
  PICTURE: "allow it, or name a stand-in: host: { images: { remote } }, roots, onPicture",
};

const cards = new Map();
let poster = decodeURIComponent(location.hash.slice(1));
let own;
let version = 0;

function format() {
  return { pixelRatio: Number($("#ratio").value), fileType: $("#type").value || undefined };
}

async function refresh() {
  const turn = ++version;
  delete document.body.dataset.lost;
  const names = await get("/posters");
  if (!names.includes(poster)) poster = names[0];
  $("#posters").replaceChildren(...names.map((name) => {
    const button = make("button", { type: "button", textContent: name });
    button.setAttribute("aria-current", name === poster);
    button.onclick = () => choose(name);
    return button;
  }));
  // The cases of before come first: what they are now takes a process of its own to say.
  const drawing = [...cards.values()].map((card) => card.draw(turn));
  const { cases, schema, problem } = await get(query("/description", { poster }));
  if (turn !== version) return;
  if (!problem || cards.size === 0) {
    const entries = Object.entries(cases);
    if (own !== undefined) entries.unshift(["form", own]);
    if (entries.length === 0) entries.push(["", {}]);
    const fresh = show(entries);
    form(schema, entries[0][1]);
    drawing.push(...fresh.map((card) => card.draw(turn)));
  }
  await Promise.all(drawing);
  document.body.dataset.drawn = turn;
}

function choose(name) {
  poster = name;
  own = undefined;
  location.hash = encodeURIComponent(name);
  cards.clear();
  $("main").replaceChildren();
  refresh();
}

/** The cards that are new, or whose data is another. */
function show(entries) {
  const fresh = [];
  const names = new Set(entries.map(([name]) => name));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    card.element.remove();
    cards.delete(name);
  }
  for (const [name, data] of entries) {
    const card = cards.get(name) ?? createCard(name);
    const text = JSON.stringify(data);
    if (card.text !== text) fresh.push(card);
    Object.assign(card, { data, text });
    cards.set(name, card);
    $("main").append(card.element);
  }
  return fresh;
}

function createCard(name) {
  const image = make("img", { alt: name });
  const stage = make("div", { className: "stage" }, image);
  const meta = make("p", { className: "meta" });
  const notes = make("div");
  const call = make("p", { className: "call" });
  const list = make("ol", { className: "calls", hidden: true, tabIndex: 0 });
  const tools = make("p");
  const element = make("article", {}, make("h2", { textContent: name || poster }), stage, meta, notes, tools, call, list);
  element.dataset.case = name;
  const card = { element, draw };
  let drawn;

  const calls = make("button", { type: "button", textContent: "Calls" });
  calls.onclick = () => {
    list.hidden = !list.hidden;
    if (!list.hidden) loadCalls();
  };
  const compare = make("input", { type: "range", min: 0, max: 100, value: 0, hidden: true, title: "design" });
  const accept = make("button", { type: "button", textContent: "Accept" });
  accept.onclick = async () => {
    const png = { data: card.data, format: { ...format(), fileType: "png" } };
    const { id, problem } = drawn?.type === "image/png" ? drawn : await post(query("/draw", { poster }), png);
    if (problem) {
      call.textContent = "only a PNG is accepted: " + problem.message;
      return;
    }
    const { path } = await post(query("/accept", { poster, case: name }), { id });
    call.textContent = "accepted: " + short(path);
    loadDesign();
  };
  tools.append(calls, " ", accept, " ", compare);
  const design = make("div", { className: "design", hidden: true });
  compare.oninput = () => { design.style.width = compare.value + "%"; };
  stage.append(design);

  async function loadDesign() {
    const response = await fetch(query("/design", { poster, case: name }));
    compare.hidden = design.hidden = !response.ok;
    if (!response.ok) return;
    const picture = make("img", { src: URL.createObjectURL(await response.blob()), alt: "design" });
    picture.width = image.width;
    design.replaceChildren(picture);
    compare.oninput();
  }

  async function draw(turn) {
    const result = await post(query("/draw", { poster }), { data: card.data, format: format() });
    if (turn !== version) return;
    stage.querySelector(".problem")?.remove();
    if (result.problem) {
      stage.append(problemOf(result.problem));
      return;
    }
    drawn = result;
    forgetCalls();
    await new Promise((resolve) => {
      image.onload = image.onerror = resolve;
      image.src = "/pictures/" + result.id;
    });
    zoom();
    const stages = Object.entries(result.stages).map(([stage, ms]) => stage + " " + Math.round(ms)).join(", ");
    meta.textContent = result.width + " × " + result.height + ", " + (result.bytes / 1000).toFixed(1) +
      " kB, " + Math.round(result.time) + " ms (" + stages + ")";
    notes.replaceChildren(...result.warnings.map(({ code, message }) =>
      make("p", { className: "warning", textContent: message + (CURES[code] ? " — " + CURES[code] : "") })));
    if (design.hidden) loadDesign();
  }

  function zoom() {
    const factor = $("#zoom").value;
    const ratio = format().pixelRatio;
    image.width = factor === "fit" ? drawn.width / ratio : (drawn.width / ratio) * factor;
    for (const picture of design.querySelectorAll("img")) picture.width = image.width;
  }
  card.zoom = zoom;

  /** The calls of the picture; undefined until they are known. */
  let map;
  let loading;
  let shown = 0;

  /** Loads the calls of the picture once. */
  function loadCalls() {
    loading ??= load(drawn);
    return loading;
  }

  async function load(picture) {
    call.textContent = "…";
    const { problem, owners, ...answer } = await post(query("/calls", { poster }), { data: card.data });
    if (drawn !== picture) return;
    if (problem) {
      call.textContent = problem.message;
      return;
    }
    const bytes = Uint8Array.from(atob(owners), (character) => character.charCodeAt(0));
    map = { ...answer, owners: new Uint32Array(bytes.buffer) };
    call.textContent = map.calls.length + " calls: point at a pixel, or step with the arrow keys";
    list.replaceChildren(...map.calls.map(({ name, text, site }, i) => {
      const item = make("li", { textContent: name + "(" + text + ") " }, make("small", { textContent: short(site) }));
      item.onclick = () => showCall(i + 1);
      return item;
    }));
  }

  /** The picture is another, or its calls are: those that were loaded are of the last one. */
  function forgetCalls() {
    map = loading = undefined;
    showCall(0);
    call.textContent = "";
    if (!list.hidden) loadCalls();
  }

  function showCall(number) {
    list.children[shown - 1]?.classList.remove("now");
    stage.querySelector(".owner")?.remove();
    const one = map?.calls[number - 1];
    shown = one ? number : 0;
    if (!one) {
      call.textContent = "no call painted it";
      return;
    }
    call.replaceChildren(number + ". " + one.name + "(" + one.text + ") ", ...(one.site ? [linkTo(one.site)] : []));
    const item = list.children[number - 1];
    item.classList.add("now");
    list.scrollTop = item.offsetTop - list.clientHeight / 2;
    stage.append(painted(map, number, image));
  }

  stage.onmousemove = ({ clientX, clientY }) => {
    if (drawn) loadCalls();
    if (!map) return;
    const { left, top, width, height } = image.getBoundingClientRect();
    const x = Math.floor(((clientX - left) / width) * map.width);
    const y = Math.floor(((clientY - top) / height) * map.height);
    const number = x < map.width && y < map.height ? map.owners[y * map.width + x] : 0;
    if (number !== shown || number === 0) showCall(number);
  };
  list.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !map) return;
    event.preventDefault();
    showCall(Math.min(map.calls.length, Math.max(1, shown + step)));
  };
  return card;
}

/** The pixels of a call, tinted. */
function painted({ width, height, owners }, number, image) {
  const canvas = make("canvas", { className: "owner", width, height });
  canvas.style.width = image.width + "px";
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  for (let i = 0; i < words.length; i++) if (owners[i] === number) words[i] = 0x66ff00ff;
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function problemOf({ code, message, file, line, frame, stack }) {
  const element = make("div", { className: "problem" }, make("b", { textContent: code + ": " + message }));
  if (file) element.append(make("br"), link({ file, line }));
  if (frame) element.append(make("pre", { textContent: frame }));
  if (stack) element.append(make("details", {}, make("summary", { textContent: "stack" }), make("pre", { textContent: stack })));
  return element;
}

/** A form of the schema's properties, or of those that the first case has. */
function form(schema, example) {
  const element = $("#form");
  if (element.dataset.poster === poster) return;
  element.dataset.poster = poster;
  const properties = schema?.properties ??
    Object.fromEntries(Object.entries(example ?? {}).map(([name, value]) => [name, { type: typeof value }]));
  const fields = Object.entries(properties).map(([name, { type, enum: values, maxLength, default: preset }]) => {
    const value = example?.[name] ?? preset ?? "";
    const isPlain = ["string", "number", "integer", "boolean", undefined].includes(type);
    const input = values
      ? make("select", {}, ...values.map((one) => make("option", { textContent: one })))
      : make(isPlain ? "input" : "textarea");
    if (type === "number" || type === "integer") Object.assign(input, { type: "number", step: "any" });
    if (type === "boolean") Object.assign(input, { type: "checkbox", checked: Boolean(value) });
    else input.value = isPlain ? value : JSON.stringify(value);
    if (maxLength) input.title = "at most " + maxLength + " characters";
    Object.assign(input.dataset, { name, type: isPlain ? type ?? "string" : "json" });
    return make("label", {}, name, input);
  });
  element.replaceChildren(...fields);
  if (fields.length > 0) element.append(make("button", { type: "button", textContent: "Draw", onclick: fromForm }));
}

function fromForm() {
  own = {};
  for (const input of $("#form").querySelectorAll("[data-name]")) {
    const { name, type } = input.dataset;
    if (type === "boolean") own[name] = input.checked;
    else if (input.value === "") continue;
    else if (type === "number" || type === "integer") own[name] = Number(input.value);
    else if (type === "json") {
      try {
        own[name] = JSON.parse(input.value);
      } catch {
        own[name] = input.value;
      }
    } else own[name] = input.value;
  }
  refresh();
}

$("#ratio").onchange = $("#type").onchange = refresh;
$("#zoom").onchange = () => {
  const factor = Number($("#zoom").value) || 1;
  document.body.classList.toggle("pixels", factor > 1);
  document.body.style.setProperty("--zoom", factor);
  for (const card of cards.values()) card.zoom();
};
for (const name of ["grid", "checker"]) {
  $("#" + name).onchange = ({ target }) => document.body.classList.toggle(name, target.checked);
}
const events = new EventSource("/events");
events.onmessage = refresh;
events.onopen = refresh;
events.onerror = () => { document.body.dataset.lost = "true"; };
`;
