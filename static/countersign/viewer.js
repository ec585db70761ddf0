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

function makePair(root) {
  const pictures = [...root.querySelectorAll("[data-turn]")];
  const views = pictures.map(() => ({ ...RECEIVED }));
  let which = "both";
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
    space.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; space.setPointerCapture(event.pointerId); });
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
