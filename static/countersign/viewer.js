// Two pictures turned, moved and lit in step. Without it both stand there in their own size; no key and no button decides anything.
"use strict";
for (const pair of document.querySelectorAll("[data-pair]")) {
  const tools = pair.querySelector("[data-tools]");
  const pictures = pair.querySelectorAll("[data-turn]");
  const start = { scale: 1, x: 0, y: 0, turn: 0, light: 1, grey: 0 };
  let now = { ...start };
  const show = () => {
    for (const picture of pictures) {
      picture.style.transform = `translate(${now.x}%, ${now.y}%) rotate(${now.turn}deg) scale(${now.scale})`;
      picture.style.filter = `brightness(${now.light}) grayscale(${now.grey})`;
    }
    tools.querySelector("[data-do=grey]").setAttribute("aria-pressed", String(now.grey === 1));
  };
  const acts = {
    closer: () => (now.scale = Math.min(8, now.scale * 1.25)),
    further: () => (now.scale = Math.max(1, now.scale / 1.25)),
    left: () => (now.x -= 8), right: () => (now.x += 8), up: () => (now.y -= 8), down: () => (now.y += 8),
    turn: () => (now.turn = (now.turn + 5) % 360),
    brighter: () => (now.light = Math.min(3, now.light + 0.15)),
    darker: () => (now.light = Math.max(0.2, now.light - 0.15)),
    grey: () => (now.grey = 1 - now.grey),
    reset: () => (now = { ...start }),
  };
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) { acts[button.dataset.do](); show(); }
  });
}
