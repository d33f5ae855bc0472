// The list of conversations: filters, order, and only those rows that are in view.

const SPARE = 6;
let marked = 0;
let rowHeight = 60;

function makeSelect(name, label, options) {
  const select = make("select", { name, change: () => setFilters({ [name]: select.value }) }, make("option", { value: "" }, "any"));
  // The value is what the data say, whatever of it can be shown.
  fill(select, options.map(([value, text]) => Object.assign(make("option", {}, text), { value })));
  return make("label", {}, make("span", {}, label), select);
}

function count(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

const tellCounts = (values, tell = (value) => value) => count(values).map(([value, times]) => [value, `${tell(value)} (${times})`]);

function makeFilters() {
  const { rows } = runs.new;
  let waiting;
  const typed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => setFilters({ search: search.value }), 120);
  };
  const search = make("input", { type: "search", name: "search", placeholder: "words in messages", input: typed });
  const sort = make("select", { name: "sort", change: () => setSort(sort.value, sorting.down) });
  offerSorts();
  fill(sort, Object.entries(SORTS).map(([value, [text]]) => make("option", { value }, text)));
  const down = make("button", { type: "button", name: "down", "aria-pressed": "false", click: () => setSort(sorting.by, !sorting.down) }, "descending");
  const names = [...new Set(rows.map((row) => row.persona.name))].sort();
  replace(
    find("filters"),
    make("label", { class: "wide" }, make("span", {}, "Search"), search),
    makeSelect("verdict", "Verdict", tellCounts(rows.map((row) => row.verdict), (value) => WORDS[value])),
    makeSelect("persona", "Persona", names.map((name) => [name, name])),
    makeSelect("trait", "Trait", tellCounts(rows.flatMap((row) => row.persona.traits || []))),
    makeSelect("stop", "Ended", tellCounts(rows.map((row) => row.stop))),
    makeSelect("blame", "Put down to", tellCounts(rows.map((row) => row.blame || "nobody"))),
    make("label", {}, make("span", {}, "Sort by"), sort),
    down,
  );
  find("filters").addEventListener("submit", (event) => event.preventDefault());
  find("list").addEventListener("scroll", showRows, { passive: true });
  new ResizeObserver(showRows).observe(find("list"));
  for (const button of document.querySelectorAll("[data-kind]")) {
    button.addEventListener("click", () => {
      const kind = head.kinds[button.dataset.kind];
      setFilters({ kind: filters.kind === kind ? "" : kind });
      find("conversations").scrollIntoView();
    });
  }
  const more = document.querySelectorAll("#kinds .more");
  if (more.length) {
    const all = make("button", { type: "button", class: "quiet", click: () => { more.forEach((item) => { item.hidden = false; }); all.remove(); } }, `${more.length} more`);
    find("kinds").after(all);
  }
}

function setSort(by, down) {
  Object.assign(sorting, { by, down });
  find("filters").elements.down.setAttribute("aria-pressed", String(down));
  find("filters").elements.sort.value = by;
  return applyFilters();
}

function showFilters() {
  const form = find("filters").elements;
  for (const [name, value] of Object.entries(filters)) if (form[name] && form[name].value !== value) form[name].value = value;
  for (const button of document.querySelectorAll("[data-kind]")) button.setAttribute("aria-pressed", String(filters.kind === head.kinds[button.dataset.kind]));
  const chips = [];
  for (const [name, value] of Object.entries(filters)) {
    if (!value || name === "answer") continue;
    const text = name === "criterion" && filters.answer ? `${ANSWERS[filters.answer]}: ${value}` : name === "verdict" ? WORDS[value] : value;
    const gone = name === "criterion" ? { criterion: "", answer: "" } : { [name]: "" };
    chips.push(make("button", { type: "button", class: "chip", click: () => setFilters(gone), "aria-label": `Take the filter away: ${text}` }, text, " ✕"));
  }
  if (chips.length > 1) chips.push(make("button", { type: "button", class: "quiet", click: clearFilters }, "clear all"));
  replace(find("chips"), chips);
}

function showList() {
  const all = runs.new.rows.length;
  const told = listed.length === all ? formatCount(all, "conversation") : `${listed.length.toLocaleString("en")} of ${formatCount(all, "conversation")}`;
  replace(find("found"), told);
  marked = 0;
  find("list").scrollTop = 0;
  replace(find("list"), make("div", { class: "room" }));
  showRows();
}

// Rows have one height, so that what is in view follows from where the list stands.
function showRows() {
  const list = find("list");
  const room = list.firstChild;
  if (!room || !list.clientHeight) return;
  rowHeight = matchMedia("(max-width: 700px)").matches ? 84 : 60;
  room.style.height = `${listed.length * rowHeight}px`;
  list.style.maxHeight = `${Math.max(1, listed.length) * rowHeight + 2}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - SPARE);
  const last = Math.min(listed.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + SPARE);
  const kept = new Map([...room.children].map((node) => [Number(node.dataset.at), node]));
  for (const [at, node] of kept) if (at < first || at >= last) node.remove();
  for (let at = first; at < last; at += 1) if (!kept.has(at)) room.append(makeRow(listed[at], at));
  for (const node of room.children) {
    node.style.top = `${Number(node.dataset.at) * rowHeight}px`;
    node.classList.toggle("marked", Number(node.dataset.at) === marked);
  }
}

function makeRow(row, at) {
  const scores = Object.entries(row.scores || {});
  const notes = [row.faults && "fault", row.disagrees && "driver and judge disagree", row.crashed && "crashed", row.cut && "cut", row.refusals && "refused"];
  const blame = row.blame && row.blame !== "system" ? `not counted: ${row.blame}` : "";
  return make(
    "div",
    { role: "listitem", class: "row", "data-at": at, "aria-setsize": listed.length, "aria-posinset": at + 1 },
    make(
      "a",
      { href: writePlace(row), tabindex: at === marked ? "0" : "-1" },
      makeMark(row.verdict, WORDS),
      make("span", { class: "who" }, make("bdi", {}, row.name), make("span", { class: "note goal" }, row.persona.goal)),
      make("span", { class: "how" }, row.stop.replace(/_/g, " "), make("span", { class: "note" }, [blame, ...notes].filter(Boolean).join(", "))),
      make("span", { class: "scores", title: scores.map(([name, value]) => `${name} ${formatValue(value)}`).join(", ") }, row.mean === undefined ? "" : formatValue(row.mean), make("span", { class: "note" }, scores.length ? "mean score" : "")),
      make("span", { class: "took" }, formatCount(row.turns || 0, "turn"), make("span", { class: "note" }, [formatUsd(row.cost), formatSeconds(row.latency)].filter(Boolean).join(", "))),
    ),
  );
}

// Where somebody comes back to: the conversation that was read last.
function markRow(row) {
  if (listed.includes(row)) moveMark(listed.indexOf(row) - marked);
}

function moveMark(step) {
  marked = Math.max(0, Math.min(listed.length - 1, marked + step));
  const list = find("list");
  const top = marked * rowHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
  showRows();
  const node = list.querySelector(`[data-at="${marked}"] a`);
  if (node) for (const other of list.querySelectorAll("a")) other.tabIndex = other === node ? 0 : -1;
  if (node) node.focus({ preventScroll: true });
}
