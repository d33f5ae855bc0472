// Words as they were said, with quotes marked where they stand, and what cannot be seen made visible.

const MARKDOWN = new Set("*_`~#>|\\");
const QUOTES = { "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'" };

// A text without differences that do not matter, each letter with the place it comes from.
function makePlain(text) {
  const places = [];
  const letters = [];
  let isAfterBlank = true;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (MARKDOWN.has(letter)) continue;
    const isBlank = letter.trim() === "";
    if (isBlank && isAfterBlank) continue;
    letters.push(isBlank ? " " : QUOTES[letter] || letter);
    places.push(at);
    isAfterBlank = isBlank;
  }
  return { plain: letters.join(""), places };
}

// Where quotes stand in a text: places that do not overlap, in their order.
function findQuotes(text, quotes) {
  if (!quotes.length) return [];
  const { plain, places } = makePlain(text);
  const found = [];
  for (const quote of quotes) {
    const wanted = makePlain(quote.quote).plain.trim();
    const at = wanted ? plain.indexOf(wanted) : -1;
    if (at >= 0) found.push({ begin: places[at], end: places[at + wanted.length - 1] + 1, quote });
  }
  found.sort((a, b) => a.begin - b.begin || b.end - a.end);
  return found.filter((one, number) => !found.slice(0, number).some((other) => one.begin < other.end));
}

function addVisible(node, text) {
  let from = 0;
  for (const match of text.matchAll(CONTROL)) {
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    node.append(text.slice(from, match.index));
    node.append(make("span", { class: "control", title: "a character that cannot be seen" }, `U+${code}`));
    from = match.index + 1;
  }
  node.append(text.slice(from));
}

// A message's words; quotes that the judge found in them are marked with what they show.
function makeText(text, quotes = []) {
  const node = make("div", { class: "words", dir: "auto" });
  let from = 0;
  for (const { begin, end, quote } of findQuotes(text, quotes)) {
    addVisible(node, text.slice(from, begin));
    const mark = make("mark", { class: quote.answer, title: quote.title });
    addVisible(mark, text.slice(begin, end));
    node.append(mark);
    from = end;
  }
  addVisible(node, text.slice(from));
  return node;
}

const LONG = 1800;
const MANY_LINES = 28;

function isLong(text) {
  return text.length > LONG || text.split("\n", MANY_LINES + 1).length > MANY_LINES;
}

// A long text is folded: all of it is there, and a button shows it.
function makeFolded(text, quotes) {
  const words = makeText(text, quotes);
  if (!isLong(text)) return words;
  words.classList.add("folded");
  const button = make("button", { type: "button", class: "quiet unfold", "aria-expanded": "false", click: () => unfold(words) }, `show all of it, ${formatCount(text.length, "character")}`);
  return make("div", {}, words, button);
}

function unfold(words) {
  words.classList.remove("folded");
  const button = words.parentNode.querySelector(".unfold");
  if (button) button.remove();
}

function makeJson(value) {
  return make("pre", { tabindex: "0" }, JSON.stringify(value, null, 1));
}
