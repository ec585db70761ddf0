// The examination in a browser that runs scripts: two pictures moved and lit in step, keys, a counter, a face large beside the target.
// Without it the pictures stand there as received. No key and no tool here keeps, rates or locks.
"use strict";

const RECEIVED = { scale: 1, x: 0, y: 0, turn: 0, light: 1, contrast: 1, grey: 0, blur: 0, grid: 0 };
const BLUR = 2; // pixels of the page: hides noise and compression, leaves outline and proportion
const within = (least, value, most) => Math.max(least, Math.min(most, value));
const TOOLS = {
  closer: (v) => { v.scale = within(1, v.scale * 1.25, 12); },
  further: (v) => { v.scale = within(1, v.scale / 1.25, 12); },
  turnLeft: (v) => { v.turn -= 5; }, turnRight: (v) => { v.turn += 5; },
  left: (v) => { v.x -= 24; }, right: (v) => { v.x += 24; }, up: (v) => { v.y -= 24; }, down: (v) => { v.y += 24; },
  brighter: (v) => { v.light = within(0.2, v.light + 0.15, 3); }, darker: (v) => { v.light = within(0.2, v.light - 0.15, 3); },
  more: (v) => { v.contrast = within(0.2, v.contrast + 0.15, 3); }, less: (v) => { v.contrast = within(0.2, v.contrast - 0.15, 3); },
  grey: (v) => { v.grey = 1 - v.grey; }, blur: (v) => { v.blur = 1 - v.blur; }, grid: (v) => { v.grid = 1 - v.grid; },
  reset: (v) => Object.assign(v, RECEIVED),
};
const pairs = [];

// A place on the page as pixels of the picture that is shown there, moved, turned and fitted into its window; and back.
const fit = (picture) => Math.min(picture.offsetWidth / picture.naturalWidth, picture.offsetHeight / picture.naturalHeight);
const middle = (picture) => {
  const space = picture.parentElement.getBoundingClientRect();
  return [space.left + picture.offsetLeft + picture.offsetWidth / 2, space.top + picture.offsetTop + picture.offsetHeight / 2];
};
function placeOn(picture, v, event) {
  const [cx, cy] = middle(picture);
  const [dx, dy, turn] = [event.clientX - cx - v.x, event.clientY - cy - v.y, (-v.turn * Math.PI) / 180];
  const by = v.scale * fit(picture);
  const x = (dx * Math.cos(turn) - dy * Math.sin(turn)) / by + picture.naturalWidth / 2;
  const y = (dx * Math.sin(turn) + dy * Math.cos(turn)) / by + picture.naturalHeight / 2;
  return x < 0 || y < 0 || x >= picture.naturalWidth || y >= picture.naturalHeight ? null : [Math.floor(x), Math.floor(y)];
}
function placeOf(picture, v, x, y) {
  const turn = (v.turn * Math.PI) / 180;
  const by = v.scale * fit(picture);
  const [dx, dy] = [(x - picture.naturalWidth / 2) * by, (y - picture.naturalHeight / 2) * by];
  const [left, top] = [picture.offsetLeft + picture.offsetWidth / 2 + v.x, picture.offsetTop + picture.offsetHeight / 2 + v.y];
  return [left + dx * Math.cos(turn) - dy * Math.sin(turn), top + dx * Math.sin(turn) + dy * Math.cos(turn)];
}

// Marks stand in a text field, one a line, where they can be typed and read without a script; here they are set by hand and drawn.
function makeMarker(root, pictures, view) {
  const text = root.closest("[data-face]")?.querySelector("[data-marks]");
  const button = root.querySelector("[data-mark]");
  if (!text || !button) return null;
  const line = /^\s*(target|face)\s+(\d+)\s*,\s*(\d+)\s*:/;
  const draw = () => {
    root.querySelectorAll(".cs-mark").forEach((mark) => mark.remove());
    text.value.split("\n").forEach((each, number) => {
      const found = line.exec(each);
      const n = pictures.findIndex((picture) => picture.parentElement.dataset.on === found?.[1]);
      if (!found || !pictures[n].naturalWidth) return;
      const mark = document.createElement("span");
      mark.className = "cs-mark";
      mark.textContent = String(number + 1);
      const [left, top] = placeOf(pictures[n], view(n), Number(found[2]) + 0.5, Number(found[3]) + 0.5);
      Object.assign(mark.style, { left: `${left}px`, top: `${top}px` });
      pictures[n].parentElement.append(mark);
    });
  };
  const on = () => button.getAttribute("aria-pressed") === "true";
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(!on()));
    root.classList.toggle("cs-pairing--mark", on());
  });
  text.addEventListener("input", draw);
  window.addEventListener("resize", draw);
  pictures.forEach((picture) => picture.addEventListener("load", draw));
  const set = (where, place) => {
    if (!place) return;
    text.value = `${text.value.replace(/\s*$/, "\n").replace(/^\n/, "")}${where} ${place[0]},${place[1]}: `;
    button.click();
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return { draw, on, set };
}

function makePair(root) {
  const pictures = [...root.querySelectorAll("[data-turn]")];
  const views = pictures.map(() => ({ ...RECEIVED }));
  let which = "both";
  const marker = makeMarker(root, pictures, (n) => views[n]);
  const show = () => {
    pictures.forEach((picture, n) => {
      const v = views[n];
      picture.style.transform = `translate(${v.x}px, ${v.y}px) rotate(${v.turn}deg) scale(${v.scale})`;
      picture.style.filter = `brightness(${v.light}) contrast(${v.contrast}) grayscale(${v.grey}) blur(${v.blur * BLUR}px)`;
      picture.parentElement.classList.toggle("cs-window--grid", v.grid === 1);
    });
    for (const name of ["grey", "blur", "grid"]) {
      root.querySelector(`[data-do=${name}]`).setAttribute("aria-pressed", String(views[which === "1" ? 1 : 0][name] === 1));
    }
    marker?.draw();
    for (const choice of root.querySelectorAll("[data-which]")) choice.setAttribute("aria-pressed", String(choice.dataset.which === which));
  };
  const moved = (n) => (which === "both" ? views : [views[n]]);
  const use = (tool) => { (which === "both" ? views : [views[Number(which)]]).forEach(TOOLS[tool]); show(); };
  for (const tools of root.querySelectorAll("[data-tools]")) tools.hidden = false;
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.which) { which = button.dataset.which; show(); }
    if (button?.dataset.do) use(button.dataset.do);
    if (button?.dataset.tab) {
      root.dataset.shown = button.dataset.tab;
      for (const tab of root.querySelectorAll("[data-tab]")) tab.setAttribute("aria-pressed", String(tab === button));
    }
  });
  pictures.forEach((picture, n) => {
    const space = picture.parentElement;
    space.classList.add("cs-window--live");
    space.addEventListener("wheel", (event) => {
      event.preventDefault();
      moved(n).forEach(event.deltaY < 0 ? TOOLS.closer : TOOLS.further);
      show();
    }, { passive: false });
    let from = null;
    space.addEventListener("click", (event) => { if (marker?.on()) marker.set(space.dataset.on, placeOn(picture, views[n], event)); });
    space.addEventListener("pointerdown", (event) => { if (marker?.on()) return; from = [event.clientX, event.clientY]; space.setPointerCapture(event.pointerId); });
    space.addEventListener("pointermove", (event) => {
      if (!from) return;
      for (const v of moved(n)) { v.x += event.clientX - from[0]; v.y += event.clientY - from[1]; }
      from = [event.clientX, event.clientY];
      show();
    });
    for (const end of ["pointerup", "pointercancel"]) space.addEventListener(end, () => { from = null; });
  });
  show();
  pairs.push({ root, use });
}
document.querySelectorAll("[data-pair]").forEach(makePair);

// how many faces are decided
const form = document.querySelector("[data-steps]");
const counter = document.querySelector("[data-counter]");
const faces = [...document.querySelectorAll("[data-face]")];
if (counter) {
  const count = () => {
    const of = (choice) => faces.filter((face) => face.querySelector(`input${choice}:checked`)).length;
    counter.textContent = `${of("")} of ${faces.length} decided, ${of("[value=keep]")} kept`;
  };
  form.addEventListener("change", (event) => {
    // a reason belongs to a face that is set aside: choosing one says nothing about the others
    if (event.target.name?.startsWith("answer-")) count();
  });
  count();
}

// keys: they move and light pictures, and go from face to face
const box = document.querySelector("[data-keys]");
if (box) {
  const off = box.querySelector("[data-keys-off]");
  let on = true;
  try { on = sessionStorage.getItem("keys") !== "off"; } catch { /* a browser that keeps nothing */ }
  const say = () => {
    off.setAttribute("aria-pressed", String(!on));
    try { sessionStorage.setItem("keys", on ? "on" : "off"); } catch { /* as above */ }
  };
  box.hidden = false;
  say();
  off.addEventListener("click", () => { on = !on; say(); });
  const here = () => faces.findIndex((face) => face.contains(document.activeElement));
  const go = (step) => {
    const next = faces[within(0, here() === -1 && step < 0 ? 0 : here() + step, faces.length - 1)];
    const first = next?.querySelector("h2, .cs-look, input:not([disabled])");
    first?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const pair = () => pairs.find(({ root }) => root.closest("[data-face]")?.contains(document.activeElement)) ?? pairs[0];
  const keys = {
    "+": () => pair()?.use("closer"), "=": () => pair()?.use("closer"), "-": () => pair()?.use("further"),
    "[": () => pair()?.use("turnLeft"), "]": () => pair()?.use("turnRight"), g: () => pair()?.use("grey"), b: () => pair()?.use("blur"), "#": () => pair()?.use("grid"),
    r: () => pair()?.use("reset"),
    j: () => go(1), k: () => go(-1), n: () => faces[Math.max(0, here())]?.querySelector("[data-note]")?.focus(),
    "?": () => { box.open = !box.open; },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, select, input:not([type=radio])");
    if (!on || typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

// the draft: kept by itself a moment after each change. What an older page says is never kept over a newer one.
const version = form?.elements.version;
if (version) {
  const said = document.querySelector("[data-draft-said]");
  let due = null;
  let busy = null;
  let stopped = false;
  const save = async () => {
    const body = new FormData(form);
    body.append("itself", "1");
    try {
      const answer = await fetch(form.querySelector("[data-save]").formAction, { method: "POST", body });
      if (answer.redirected) throw new Error("signed out");
      const told = await answer.json();
      said.textContent = told.said;
      if (told.kept) version.value = told.version;
      else stopped = true;
    } catch { said.textContent = "The draft could not be saved. What you wrote is still on this page."; }
  };
  const soon = () => {
    clearTimeout(due);
    if (stopped) return;
    due = setTimeout(() => { busy = (busy ?? Promise.resolve()).then(save).finally(() => { busy = null; }); }, 1500);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    clearTimeout(due);
    if (!busy) return;
    event.preventDefault(); // a save is under way: its version comes first
    busy.then(() => form.requestSubmit(event.submitter));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.replace(location.pathname); });
}
