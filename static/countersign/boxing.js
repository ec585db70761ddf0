// Boxing the target face by drawing on the picture; without it the four numbers are typed.
"use strict";
const place = document.querySelector("[data-boxing]");
const file = document.querySelector("input[name=picture]");
const box = document.querySelector("input[name=target_box]");
if (place && file && box) {
  file.addEventListener("change", () => {
    place.replaceChildren();
    if (!file.files.length) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const picture = new Image();
      picture.alt = "The image; draw a box around the target face";
      picture.draggable = false;
      const frame = document.createElement("div");
      frame.className = "cs-boxing__frame";
      frame.append(picture);
      const hint = document.createElement("p");
      hint.className = "usa-hint";
      hint.textContent = "Draw a box around the target face, or type the four numbers below. Other faces are not searched.";
      place.append(hint, frame);
      const mark = document.createElement("div");
      mark.className = "cs-boxing__mark";
      let from = null;
      const at = (event) => {
        const r = picture.getBoundingClientRect();
        const clamp = (v, most) => Math.max(0, Math.min(most, v));
        return [clamp(event.clientX - r.left, r.width), clamp(event.clientY - r.top, r.height), r];
      };
      frame.addEventListener("pointerdown", (event) => { from = at(event); frame.append(mark); });
      frame.addEventListener("pointermove", (event) => {
        if (!from) return;
        const [x, y, r] = at(event);
        const [left, top] = [Math.min(x, from[0]), Math.min(y, from[1])];
        const [width, height] = [Math.abs(x - from[0]), Math.abs(y - from[1])];
        Object.assign(mark.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
        const by = picture.naturalWidth / r.width;
        box.value = [left, top, width, height].map((v) => Math.floor(v * by)).join(",");
      });
      window.addEventListener("pointerup", () => { from = null; });
      picture.src = reader.result;
    });
    reader.readAsDataURL(file.files[0]);
  });
}
