// What axe judges a page by, piece by piece and without its words and numbers: each element where it stands, each text with its colours, and the few
// things that are asked of a page as a whole. A page all of whose pieces have passed, on whatever pages, has nothing new for axe.
() => {
  const NAMES = ["id", "for", "name", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "form", "list"];
  const AS_THEY_ARE = ["class", "role", "type", "lang", "scope", "tabindex", "dir", "style", "colspan", "rowspan", "autocomplete", "media", "rel", "content"];
  const POINTING = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
  const INHERITED = ["lang", "aria-hidden", "hidden", "inert", "style"];
  const SMALL = 24; // pixels, WCAG 2.2, 2.5.8
  const LANDMARKS = "header, nav, main, aside, footer, section[aria-label], section[aria-labelledby], form[aria-label], [role]";
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], label";
  const CLEAR = "rgba(0, 0, 0, 0)";
  const blank = (text) => !text || !text.trim();
  const stem = (name) => name.replace(/[0-9a-f]{10,}/g, "#").replace(/[^a-z_ -]+/g, "#"); // the code of a face is another each time
  const address = location.pathname.replace(/[^a-z_/-]+/g, "#");
  const pieces = new Set();
  const add = (piece) => pieces.add(`${innerWidth} ${piece}`);

  // each element where it stands
  const attribute = (e, name) => {
    const value = e.getAttribute(name);
    if (NAMES.includes(name)) return `${name}=${stem(value)}`;
    if (AS_THEY_ARE.includes(name) || name.startsWith("aria-") && !["aria-label", "aria-valuetext"].includes(name)) return `${name}=${value}`;
    return `${name}=${blank(value) ? "" : "words"}`;
  };
  const said = (e) => `${e.tagName} ${e.getAttributeNames().sort().map((name) => attribute(e, name)).join(" ")}`;
  const kind = (e) => e ? `${e.tagName}.${e.getAttribute("class") || ""}.${e.getAttribute("role") || ""}` : "";
  const under = new Map([[null, ""]]);
  const place = (e) => {
    if (!under.has(e)) under.set(e, `${place(e.parentElement)} ${kind(e)} ${INHERITED.map((name) => e.getAttribute(name)).join()} >`);
    return under.get(e);
  };
  const small = (e) => {
    const { width, height } = e.getBoundingClientRect();
    return `${width < SMALL ? "narrow" : ""} ${height < SMALL ? "low" : ""} beside ${kind(e.previousElementSibling)} ${kind(e.nextElementSibling)}`;
  };
  for (const e of document.querySelectorAll("*")) {
    if (["SCRIPT", "STYLE"].includes(e.tagName)) continue;
    add([
      `${place(e.parentElement)} ${said(e)}`,
      e.checkVisibility({ visibilityProperty: true }) ? "" : "hidden",
      blank(e.textContent) ? "empty" : "",
      e.childElementCount ? "" : "leaf",
      [...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && !blank(node.data)) ? "words" : "",
      e.hasAttribute("role") ? [...new Set([...e.children].map(kind))].sort().join() : "",
      e.labels ? `${e.labels.length} labels` : "",
      e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight ? `scrolls ${getComputedStyle(e).overflow}` : "",
      e.matches(TARGETS) ? `${small(e)} ${e.disabled}` : "",
    ].join("|"));
  }

  // each text with its colours: its own, and all that is painted beneath it
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
  const text = (e, length) => {
    const style = getComputedStyle(e);
    if (style.visibility !== "visible" || !e.getClientRects().length) return;
    add(`${style.color} ${style.fontSize} ${style.fontWeight} ${style.textShadow} ${style.webkitTextStroke} ${style.webkitTextFillColor} ${length === 1 ? "a sign" : ""} on ${ground(e)}`);
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) if (!blank(words.currentNode.data)) text(words.currentNode.parentElement, words.currentNode.data.trim().length);
  document.querySelectorAll("input, select, textarea").forEach((e) => text(e));

  // the page as a whole
  const landmarks = [...document.querySelectorAll(LANDMARKS)];
  const wordsOf = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent.trim()).join(" ");
  const named = (e) => e.hasAttribute("aria-labelledby") ? wordsOf(e.getAttribute("aria-labelledby")) : e.getAttribute("aria-label");
  const names = landmarks.map((e) => `${e.tagName} ${e.getAttribute("role")} ${named(e)}`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const pointed = POINTING.flatMap((name) => [...document.querySelectorAll(`[${name}]`)].flatMap((e) => e.getAttribute(name).split(/\s+/)));
  const inside = [...document.querySelectorAll("a[href^='#'], a[href^='/#']")].map((e) => e.getAttribute("href").split("#")[1]);
  const follow = (what, tags) => [...tags, "end"].forEach((each, n) => add(`${what} ${tags[n - 1] || ""}>${each}`));
  document.querySelectorAll("dl, dl > div").forEach((e) => follow(`in ${e.tagName}`, [...e.children].map((each) => each.tagName)));
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((e) => e.tagName);
  follow("heading", headings);
  add([
    new Set(ids).size !== ids.length,
    [...pointed, ...inside].some((id) => id && !ids.includes(id)),
    blank(document.title),
    headings.filter((each) => each === "H1").length,
    new Set(names).size !== names.length,
    [...new Set(landmarks.map(kind))].sort().join(),
  ].join("|"));
  add(`address ${address}`);
  return [...pieces];
}
