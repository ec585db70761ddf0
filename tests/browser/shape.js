// The shape of a page: what axe judges it by, without its words and numbers. Rows of one shape count once, however many stand there.
() => {
  const NAMES = ["id", "for", "name", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "form", "list"];
  const AS_THEY_ARE = ["class", "role", "type", "lang", "scope", "tabindex", "dir", "style", "colspan", "rowspan", "autocomplete", "media", "rel"];
  const blank = (text) => !text || !text.trim();
  const stem = (name) => name.replace(/[^a-z_ -]+/g, "#");
  const attribute = (e, name) => {
    const value = e.getAttribute(name);
    if (NAMES.includes(name)) return `${name}=${stem(value)}`;
    if (AS_THEY_ARE.includes(name) || name.startsWith("aria-") && !["aria-label", "aria-valuetext"].includes(name)) return `${name}=${value}`;
    return `${name}=${blank(value) ? "" : "words"}`;
  };
  const once = (shapes) => shapes.filter((each, n) => n === 0 || each !== shapes[n - 1]).join("");
  const shape = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return blank(node.data) ? "" : "words";
    if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE"].includes(node.tagName)) return "";
    const said = node.getAttributeNames().sort().map((name) => attribute(node, name)).join(" ");
    return `<${node.tagName} ${said}>${once([...node.childNodes].map(shape).filter(Boolean))}</>`;
  };
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const pointed = ["for", "aria-labelledby", "aria-describedby", "aria-controls"]
    .flatMap((name) => [...document.querySelectorAll(`[${name}]`)].flatMap((e) => e.getAttribute(name).split(/\s+/)));
  const twice = new Set(ids).size !== ids.length;
  const nowhere = pointed.some((id) => id && !ids.includes(id));
  return `${innerWidth} ${twice} ${nowhere} ${blank(document.title)} ${shape(document.documentElement)}`;
}
