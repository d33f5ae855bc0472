// Where one is, which keys do what, and the beginning.

let view = "overview";
let stood = 0;
let cameFrom = "";

function route() {
  const place = readPlace();
  if (view === "overview" && place.view !== "overview") stood = scrollY;
  const isBack = view !== "overview" && place.view === "overview";
  const last = reader.row;
  view = place.view;
  document.body.dataset.view = view;
  for (const name of ["overview", "reader", "labelling"]) find(name).hidden = name !== view;
  if (view !== "reader") Object.assign(reader, { row: null, turns: [] });
  if (view === "reader") return showReader(place);
  if (view === "labelling") return showLabelling();
  document.title = cameFrom;
  showRows();
  if (isBack && last) markRow(last);
  if (isBack && stood) scrollTo(0, stood);
  else if (place.id && find(place.id)) find(place.id).scrollIntoView();
}

function go(hash) {
  if (location.hash === hash) route();
  else location.hash = hash;
}

function pressInList(key) {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[key];
  const isOnList = find("list").contains(document.activeElement);
  if (step && (isOnList || key.length === 1)) {
    moveMark(step);
    if (find("list").getBoundingClientRect().bottom > innerHeight) find("conversations").scrollIntoView();
  }
  else if (key === "Enter" && listed[marked]) go(writePlace(listed[marked]));
  else return false;
  return true;
}

function pressInReader(key) {
  const at = listed.indexOf(reader.row);
  if (key === "j" || key === "k") {
    const next = listed[at + (key === "j" ? 1 : -1)];
    if (next) go(writePlace(next));
  } else if (key === "ArrowRight") showTurn(reader.at + 1);
  else if (key === "ArrowLeft") showTurn(reader.at - 1);
  else if (key === "b" && reader.row && reader.row.other && !reader.row.isBase) go(writePlace(reader.row, 0, !reader.beside));
  else if (key === "Escape") go("#conversations");
  else return false;
  return true;
}

function pressInLabelling(key) {
  const answers = { y: "yes", n: "no", u: "unknown" };
  if (key === "Escape") go("#conversations");
  else if (!labelling.row) return false;
  else if (answers[key]) answerNext(answers[key]);
  else if (key === "Backspace") takeAnswerBack();
  else if (key === "Enter") keepLabel();
  else if (key === "s") skipLabel();
  else return false;
  return true;
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || find("help").open) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    else if (event.key === "Enter" && view === "labelling" && event.target.id !== "label-by" && event.target.tagName === "INPUT") keepLabel();
    return;
  }
  const onButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary, [role=region], pre");
  if (onButton && (event.key === "Enter" || (event.key.startsWith("Arrow") && onButton.matches("[role=region], pre")))) return;
  if (event.target.id === "scrubber" && event.key.startsWith("Arrow")) return;
  const pressed = { overview: pressInList, reader: pressInReader, labelling: pressInLabelling }[view];
  if (event.key === "?") find("help").showModal();
  else if (event.key === "/" && view !== "labelling") search();
  else if (!pressed(event.key)) return;
  event.preventDefault();
}

function search() {
  if (view !== "overview") go("#conversations");
  requestAnimationFrame(() => {
    route();
    find("conversations").scrollIntoView();
    find("filters").elements.search.focus({ preventScroll: true });
  });
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function switchTheme() {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme || (isDark ? "dark" : "light");
  setTheme(now === "dark" ? "light" : "dark");
  memory.keep("multivon-eval:theme", document.documentElement.dataset.theme);
}

// What changed since the baseline, conversation by conversation.
function showChanges() {
  const place = find("changes");
  if (!place) return;
  const pairs = runs.new.rows.filter((row) => row.other && row.measured && row.other.measured);
  const flipped = (before, now) => pairs.filter((row) => row.other.verdict === before && row.verdict === now);
  const some = [
    ["achieved before, not now", flipped("yes", "no"), true],
    ["achieved now, not before", flipped("no", "yes"), true],
    ["in the base run only", runs.base.rows.filter((row) => !row.other), false],
    ["in the new run only", runs.new.rows.filter((row) => !row.other), false],
  ];
  for (const [what, rows, beside] of some) {
    const links = rows.map((row) => make("li", {}, make("a", { href: writePlace(row, 0, beside) }, row.name)));
    if (links.length) fill(place, make("details", {}, make("summary", {}, `${what} (${links.length})`), make("ul", { class: "names" }, links)));
  }
}

let isAsked = false;
function followScroll() {
  if (isAsked || view !== "reader") return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    followReading();
  });
}

async function begin() {
  setTheme(memory.read("multivon-eval:theme"));
  find("theme").addEventListener("click", switchTheme);
  find("help-button").addEventListener("click", () => find("help").showModal());
  find("help-close").addEventListener("click", () => find("help").close());
  find("begin-labels").addEventListener("click", () => go("#label"));
  cameFrom = document.title;
  await loadHead();
  makeFilters();
  await applyFilters();
  showChanges();
  addEventListener("hashchange", route);
  addEventListener("keydown", press);
  addEventListener("scroll", followScroll, { passive: true });
  await route();
  makeHeat();
  document.body.dataset.ready = "";
}

begin().catch((error) => {
  tellTrouble(`The conversations cannot be shown (${error.message}). Open this file in a newer browser; the numbers below are whole.`);
});
