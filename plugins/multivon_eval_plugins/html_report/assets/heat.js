// Personas and criteria: a table whose cells lead to conversations.

const MOST_COLUMNS = 10;
const FIRST_ROWS = 25;

function makeHeat() {
  const personas = groupPersonas();
  if (!personas.length) return replace(find("heat"), make("p", { class: "note" }, "There is no conversation."));
  const all = [...new Set(personas.flatMap((one) => one.rows[0].list))];
  const filled = personas.reduce((sum, one) => sum + one.rows[0].list.length, 0);
  const isShared = all.length <= MOST_COLUMNS && 2 * filled >= personas.length * all.length;
  const longest = Math.max(0, ...personas.map((one) => Math.max(...one.rows.map((row) => row.list.length))));
  const columns = isShared ? all : Array.from({ length: Math.min(longest, MOST_COLUMNS) }, (_, number) => `criterion ${number + 1}`);
  const body = make("tbody");
  const table = make(
    "table",
    { class: "heat" },
    make("caption", { class: "unseen" }, "Personas and criteria"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "persona"), make("th", { scope: "col" }, "goal"), columns.map((text) => make("th", { scope: "col" }, text)))),
    body,
  );
  const add = (some) => fill(body, some.map((one) => makeHeatRow(one, columns, isShared)));
  add(personas.slice(0, FIRST_ROWS));
  const told = isShared ? "Each cell: so many of the persona's conversations that were judged met the criterion; its look is that of the worst." : "Personas have criteria of their own: the first, the second and so on. A cell names its criterion.";
  const legend = make("p", { class: "legend" }, ["yes", "no", "unknown", "none"].map((answer) => make("span", { class: `cell ${answer}` }, `${MARKS[answer]} ${ANSWERS[answer]}`)));
  replace(find("heat"), legend, make("p", { class: "note" }, told), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Personas and criteria" }, table));
  if (personas.length > FIRST_ROWS) {
    const more = make("button", { type: "button", class: "quiet", click: () => { add(personas.slice(FIRST_ROWS)); more.remove(); } }, `${personas.length - FIRST_ROWS} more personas, which did better`);
    fill(find("heat"), more);
  }
}

// Each persona with its conversations, those that did worst first.
function groupPersonas() {
  const groups = new Map();
  for (const row of runs.new.rows) {
    const one = groups.get(row.persona.name) || { name: row.persona.name, rows: [], met: 0, of: 0 };
    one.rows.push(row);
    one.of += Boolean(row.measured);
    one.met += Boolean(row.measured) && row.verdict === "yes";
    groups.set(row.persona.name, one);
  }
  const share = (one) => (one.of ? one.met / one.of : 2);
  return [...groups.values()].sort((a, b) => share(a) - share(b) || b.of - a.of || (a.name < b.name ? -1 : 1));
}

function makeHeatRow(one, columns, isShared) {
  const goal = head.rule ? `${one.met} achieved` : one.of ? `${one.met} of ${one.of}` : "not measured";
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, make("button", { type: "button", class: "plain", click: () => lead({ persona: one.name }) }, one.name)),
    make("td", { class: "goal" }, goal),
    columns.map((text, number) => makeCell(one, isShared ? text : one.rows[0].list[number])),
  );
}

function makeCell(one, criterion) {
  const answers = one.rows.flatMap((row) => row.criteria.filter((_, number) => row.list[number] === criterion));
  if (!answers.length) return make("td", { class: "void" }, make("span", { class: "unseen" }, "no such criterion"));
  const judged = answers.filter((answer) => answer !== "none");
  const met = judged.filter((answer) => answer === "yes").length;
  const worst = ["no", "unknown", "yes"].find((answer) => answers.includes(answer)) || "none";
  const number = answers.length === 1 || !judged.length ? "" : head.rule ? ` ${met}` : ` ${met}/${judged.length}`;
  const label = `${one.name}, ${criterion}: ${ANSWERS[worst]}, met in ${met} of ${judged.length} that were judged`;
  const changes = { persona: one.name, criterion, answer: worst };
  return make("td", {}, make("button", { type: "button", class: `cell ${worst}`, title: criterion, "aria-label": label, click: () => lead(changes) }, `${MARKS[worst]}${number}`));
}

// One conversation is opened, of several there is the list.
async function lead(changes) {
  await setFilters({ persona: "", criterion: "", answer: "", ...changes });
  if (listed.length === 1) location.hash = writePlace(listed[0]);
  else find("conversations").scrollIntoView();
}
