// How each text on a page is told from its ground: by its colour, size and weight, and by all that is painted beneath it.
() => {
  const address = location.pathname.replace(/[^a-z_/-]+/g, "#");
  const CLEAR = "rgba(0, 0, 0, 0)";
  const beneath = new Map([[null, ""]]);
  const ground = (e) => {
    if (beneath.has(e)) return beneath.get(e);
    const style = getComputedStyle(e);
    const painted = style.backgroundColor !== CLEAR || style.backgroundImage !== "none";
    const veiled = style.opacity !== "1" || style.filter !== "none" || style.mixBlendMode !== "normal";
    const placed = ["absolute", "fixed", "sticky"].includes(style.position) || style.transform !== "none"; // what it lies over is told by the page alone
    const own = [
      painted ? `${style.backgroundColor} ${style.backgroundImage}` : "",
      veiled ? `${style.opacity} ${style.filter} ${style.mixBlendMode}` : "",
      placed ? `${style.position} ${address}` : "",
    ].filter(Boolean);
    const all = [...own, ground(e.parentElement)].join(" over ");
    beneath.set(e, all);
    return all;
  };
  const seen = new Set([`${innerWidth} ${address}`]);
  const text = (e) => {
    const style = getComputedStyle(e);
    if (style.visibility !== "visible" || !e.getClientRects().length) return;
    seen.add(`${style.color} ${style.fontSize} ${style.fontWeight} ${style.textShadow} ${style.webkitTextStroke} on ${ground(e)}`);
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) if (words.currentNode.data.trim()) text(words.currentNode.parentElement);
  document.querySelectorAll("input, select, textarea").forEach(text);
  return [...seen];
}
