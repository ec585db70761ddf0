// The request form: says at once whether the offence is on the list, and helps to box the target face.
// Without it the select and the four numbers do the same; the server judges both again.
"use strict";

const offence = document.querySelector("select[name=offence_code]");
const standing = document.querySelector("[data-standing]");
if (offence && standing) {
  const listed = new Set(offence.dataset.listed.split(" "));
  const say = (code) => {
    standing.querySelector("[data-on]").hidden = !code || !listed.has(code);
    standing.querySelector("[data-off]").hidden = !code || listed.has(code);
  };
  document.addEventListener("change", (event) => { if (event.target.name === "offence_code") say(event.target.value); });
}

const place = document.querySelector("[data-boxing]");
const file = document.querySelector("input[name=picture]");
const typed = document.querySelector("input[name=target_box]");

const made = (name, look, text = "") => {
  const one = document.createElement(name);
  one.className = look;
  one.textContent = text;
  return one;
};
const numbers = (text) => {
  const four = text.split(",").map(Number);
  return four.length === 4 && four.every((n) => Number.isInteger(n) && n >= 0) ? four : null;
};

// One picture on show: the faces found in it, the one that is meant, and the box that a hand draws.
function show(picture, chosen) {
  const frame = made("div", "cs-boxing__frame");
  const hint = made("p", "usa-hint", "Looking for faces …");
  const answer = made("div", "cs-boxing__found");
  hint.setAttribute("role", "status");
  frame.append(picture);
  place.replaceChildren(frame, hint, answer); // the picture first: it must not move under a hand that draws

  const draw = () => {
    frame.querySelectorAll(".cs-boxing__mark").forEach((mark) => mark.remove());
    const meant = numbers(typed.value);
    const options = [...answer.querySelectorAll("input[name=found]")];
    const boxes = options.map((option) => [option.nextElementSibling.textContent, option.value, option.value === typed.value || option.checked]);
    if (meant && !boxes.some(([, value]) => value === typed.value)) boxes.push(["Your box", typed.value, true]);
    for (const [name, value, solid] of boxes) {
      const [x, y, width, height] = numbers(value);
      const mark = made("div", `cs-boxing__mark${solid ? "" : " cs-boxing__mark--other"}`);
      const part = (n, of) => `${(100 * n) / of}%`;
      Object.assign(mark.style, {
        left: part(x, picture.naturalWidth), top: part(y, picture.naturalHeight),
        width: part(width, picture.naturalWidth), height: part(height, picture.naturalHeight),
      });
      const label = made("span", "", name.split(",")[0]);
      label.append(made("i", "", solid ? ": target face" : ": not searched"));
      mark.append(label);
      frame.append(mark);
    }
  };
  const mean = (value) => {
    typed.value = value;
    for (const option of answer.querySelectorAll("input[name=found]")) option.checked = option.value === value;
    draw();
  };
  answer.addEventListener("change", (event) => mean(event.target.value));
  typed.addEventListener("input", () => mean(typed.value));

  let from = null;
  const at = (event) => {
    const r = picture.getBoundingClientRect();
    const clamp = (v, most) => Math.max(0, Math.min(most, v));
    return [clamp(event.clientX - r.left, r.width), clamp(event.clientY - r.top, r.height), r];
  };
  frame.addEventListener("pointerdown", (event) => { from = at(event); });
  frame.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y, r] = at(event);
    const by = picture.naturalWidth / r.width;
    const box = [Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])];
    if (box[2] > 3 && box[3] > 3) mean(box.map((v) => Math.floor(v * by)).join(","));
  });
  window.addEventListener("pointerup", () => { from = null; });

  const asked = new FormData();
  asked.append("picture", chosen);
  asked.append("csrfmiddlewaretoken", file.form.elements.csrfmiddlewaretoken.value);
  fetch(place.dataset.ask, { method: "POST", body: asked }).then((found) => {
    if (found.redirected) throw new Error("signed out");
    return found.text();
  }).then((html) => {
    answer.innerHTML = html;
    hint.textContent = "Choose the target face below, draw a box around it, or type the four numbers. Nothing is stored or searched yet.";
    draw();
  }).catch(() => { hint.textContent = "The faces could not be looked for. Draw a box around the target face, or type the four numbers."; });
}

if (place && file && typed) {
  file.addEventListener("change", () => {
    place.replaceChildren();
    typed.value = "";
    if (!file.files.length) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const picture = new Image();
      picture.alt = "The image that you chose";
      picture.draggable = false;
      picture.addEventListener("load", () => show(picture, file.files[0]));
      picture.addEventListener("error", () => { place.replaceChildren(made("p", "usa-error-message", "This is no picture that can be shown.")); });
      picture.src = reader.result;
    });
    reader.readAsDataURL(file.files[0]);
  });
}
