// Making elements. Whatever was said by anybody comes in as text and stays text.

// Controls, and what turns the direction of writing.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const clean = (text) => String(text).replace(CONTROL, "\ufffd");
const find = (id) => document.getElementById(id);

function make(tag, fields, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(fields || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "href" && !String(value).startsWith("#")) throw new Error("a link leads into the page only");
    else node.setAttribute(name, value === true ? "" : clean(value));
  }
  fill(node, ...children);
  return node;
}

function fill(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(clean(child)));
  }
  return node;
}

function replace(node, ...children) {
  node.textContent = "";
  return fill(node, ...children);
}

function makeFacts(pairs) {
  const rows = pairs.filter(([, text]) => text !== "" && text !== undefined && text !== null);
  return make("dl", { class: "facts" }, rows.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text))));
}

function formatCount(count, thing) {
  return `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
}

const formatUsd = (usd) => `$${(usd || 0).toFixed(4)}`;
const formatSeconds = (seconds) => (seconds === undefined || seconds === null ? "" : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`);
const formatValue = (value) => value.toFixed(2);

const WORDS = { yes: "achieved", no: "not achieved", unknown: "unknown" };
const MARKS = { yes: "✓", no: "✗", unknown: "?", none: "–" };
const ANSWERS = { yes: "met", no: "not met", unknown: "cannot tell", none: "not judged" };

function makeMark(answer, words) {
  return make("span", { class: `mark ${answer}` }, make("span", { "aria-hidden": "true" }, MARKS[answer]), " ", words[answer]);
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.matches("input:not([type=range]), textarea, select") || target.isContentEditable);
}

// A page that was opened as a file may keep nothing.
const memory = {
  read(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  },
  keep(name, value) {
    try { localStorage.setItem(name, value); return true; } catch { return false; }
  },
};

function tellTrouble(text) {
  replace(find("trouble"), text).hidden = false;
}
