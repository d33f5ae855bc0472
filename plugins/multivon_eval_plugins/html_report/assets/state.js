// Which conversations are listed, in which order, and where in the page one is.

const filters = { search: "", persona: "", trait: "", verdict: "", stop: "", blame: "", kind: "", criterion: "", answer: "" };
const sorting = { by: "run", down: false };
let listed = [];
let turnOfApply = 0;

const RANK = { no: 0, unknown: 1, yes: 2 };
const SORTS = {
  run: ["order of the run", (row) => row.place],
  persona: ["persona", (row) => row.name.toLowerCase()],
  verdict: ["verdict", (row) => RANK[row.verdict]],
  mean: ["mean of scores", (row) => row.mean],
  cost: ["cost", (row) => row.cost || 0],
  latency: ["latency", (row) => row.latency],
  turns: ["turns", (row) => row.turns || 0],
};

const TESTS = {
  persona: (row, value) => row.persona.name === value,
  trait: (row, value) => (row.persona.traits || []).includes(value),
  verdict: (row, value) => row.verdict === value,
  stop: (row, value) => row.stop === value,
  blame: (row, value) => (row.blame || "nobody") === value,
  kind: (row, value) => (row.kinds || []).includes(value),
  criterion: (row, value) => row.list.some((text, number) => text === value && (!filters.answer || row.criteria[number] === filters.answer)),
};

function offerSorts() {
  const names = new Set(runs.new.rows.flatMap((row) => Object.keys(row.scores || {})));
  for (const name of names) SORTS[`score:${name}`] = [name, (row) => (row.scores || {})[name]];
}

// What has nothing to sort by stands last, whichever way.
function compareRows(one, other) {
  const value = SORTS[sorting.by][1];
  const [a, b] = [value(one), value(other)];
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined) || one.place - other.place;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return (sorting.down ? -order : order) || one.place - other.place;
}

async function applyFilters() {
  const turn = (turnOfApply += 1);
  const wanted = filters.search.trim().toLowerCase();
  const said = wanted ? await loadTexts() : null;
  if (turn !== turnOfApply) return; // somebody typed on
  const tests = Object.entries(TESTS).filter(([name]) => filters[name]);
  listed = runs.new.rows.filter(
    (row) => tests.every(([name, test]) => test(row, filters[name])) && (!said || said[row.place].includes(wanted)),
  );
  listed.sort(compareRows);
  showList();
}

function setFilters(changes) {
  Object.assign(filters, changes);
  showFilters();
  return applyFilters();
}

function clearFilters() {
  return setFilters(Object.fromEntries(Object.keys(filters).map((name) => [name, ""])));
}

// Where one is: #c=KEY&t=TURN, with &beside where the baseline stands beside it, or #label.
function readPlace() {
  const text = location.hash.slice(1);
  if (text === "label") return { view: "labelling" };
  const given = new URLSearchParams(text);
  const run = given.has("b") ? runs.base : runs.new;
  const row = run.byKey.get(given.get("b") || given.get("c") || "");
  if (given.has("c") || given.has("b")) return { view: "reader", row, turn: Number(given.get("t")) || 0, beside: given.has("beside") };
  return { view: "overview", id: text };
}

function writePlace(row, turn, beside) {
  const key = encodeURIComponent(row.key);
  return `#${row.isBase ? "b" : "c"}=${key}${turn ? `&t=${turn}` : ""}${beside ? "&beside" : ""}`;
}
