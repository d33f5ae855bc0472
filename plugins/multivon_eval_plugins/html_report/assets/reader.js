// The view of one conversation: what was said, and what is said of it.

const reader = { row: null, beside: false, turns: [], at: 1, stood: -1 };
// A turn that begins above this is read.
const LINE = 140;
let turnOfReading = 0;

async function showReader(place) {
  const turn = (turnOfReading += 1);
  const { row } = place;
  if (!row) {
    replace(find("reader"), makeReaderBar(null), make("p", { class: "banner warning" }, "There is no such conversation in this report. The link may be of another run."));
    return;
  }
  if (reader.row === row && reader.beside === Boolean(place.beside && row.other)) return goToTurn(place.turn);
  const beside = Boolean(place.beside && row.other);
  const [body, other] = await Promise.all([loadBody(row), row.other ? loadBody(row.other) : null]);
  if (turn !== turnOfReading) return; // somebody went on
  Object.assign(reader, { row, beside, at: 1, stood: -1 });
  const chat = beside ? makeBeside(body, other) : make("div", { class: "chat" }, groupTurns(body).map((group) => makeTurn(group, listQuotes(body))));
  reader.turns = [...chat.querySelectorAll(beside ? ".pair[data-turn]" : ".turn")];
  replace(
    find("reader"),
    makeReaderBar(row),
    make("div", { class: "reading" }, make("section", { class: "said", "aria-label": "What was said" }, makeScrubber(), chat), makeJudged(row, body, other)),
  );
  document.title = `${clean(row.name)}: ${WORDS[row.verdict]}`;
  find("reader").querySelector("h2").focus({ preventScroll: true });
  scrollTo(0, 0);
  goToTurn(place.turn);
}

function makeReaderBar(row) {
  const at = row ? listed.indexOf(row) : -1;
  const step = (by, text, key) => make("a", { href: writePlace(listed[at + by] || row), class: "step", "aria-label": `${text} conversation`, "aria-disabled": listed[at + by] ? null : "true", title: key }, text);
  const pair = row && row.other && !row.isBase;
  return make(
    "div",
    { class: "readerbar" },
    make("a", { href: "#conversations", class: "step" }, "← all"),
    row && at >= 0 ? [step(-1, "previous", "k"), make("span", { class: "note" }, `${at + 1} of ${listed.length}`), step(1, "next", "j")] : "",
    pair ? make("a", { href: writePlace(row, 0, !reader.beside), class: "step beside-switch" }, reader.beside ? "alone" : "beside the baseline") : "",
    row ? make("p", { class: "glance" }, make("bdi", {}, row.name), makeMark(row.verdict, WORDS)) : "",
  );
}

function makeScrubber() {
  const last = reader.turns.length;
  if (last < 3) return "";
  const input = make("input", { type: "range", id: "scrubber", min: 1, max: last, value: 1, "aria-label": "Turn", input: () => showTurn(Number(input.value)) });
  return make("div", { class: "scrubber" }, make("label", { for: "scrubber" }, "turn"), input, make("output", { for: "scrubber" }, `1 of ${last}`));
}

function tellTurn(number) {
  reader.at = number;
  const input = find("scrubber");
  if (!input) return;
  input.value = number;
  input.parentNode.querySelector("output").textContent = `${reader.turns[number - 1].dataset.turn} of ${reader.turns[reader.turns.length - 1].dataset.turn}`;
}

// The page may be too short for a turn to stand at its top: the turn that was asked for is told all the same.
function standAt(number) {
  reader.turns[number - 1].scrollIntoView({ block: "start" });
  reader.stood = scrollY;
  tellTurn(number);
}

// To the turn at a place, from 1, without a new entry in the history.
function showTurn(number) {
  const node = reader.turns[number - 1];
  if (!node) return;
  standAt(number);
  history.replaceState(null, "", writePlace(reader.row, node.dataset.turn, reader.beside));
}

function goToTurn(turn) {
  const place = reader.turns.findIndex((node) => Number(node.dataset.turn) === turn);
  for (const node of reader.turns) node.classList.toggle("here", Number(node.dataset.turn) === turn);
  if (place < 0) return;
  for (const words of reader.turns[place].querySelectorAll(".folded")) if (words.querySelector("mark")) unfold(words);
  standAt(place + 1);
}

// Which turn is read, told by where the page was moved to.
function followReading() {
  if (!reader.turns.length || Math.abs(scrollY - reader.stood) < 2) return;
  reader.stood = -1;
  const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  let number = isAtEnd ? reader.turns.length : 1;
  reader.turns.forEach((node, place) => {
    if (node.getBoundingClientRect().top <= LINE) number = Math.max(number, place + 1);
  });
  tellTurn(number);
}

function makeTurnLinks(row, turns) {
  const each = [...new Set(turns)].sort((a, b) => a - b);
  return each.length ? make("span", { class: "turns" }, "turn ", each.map((turn, number) => [number ? ", " : "", make("a", { href: writePlace(row, turn, reader.beside) }, turn)])) : "";
}

function makeJudged(row, body, other) {
  const { persona } = row;
  const before = other ? [["baseline", WORDS[row.other.verdict]]] : [];
  const blame = row.blame ? (row.blame === "system" ? "the system" : `${row.blame}, not counted against the system`) : "";
  return make(
    "aside",
    { class: "judged", "aria-label": "What is said of it" },
    make("h2", { tabindex: "-1" }, make("bdi", {}, row.name), row.isBase ? " (baseline)" : ""),
    make("p", { class: "outcome" }, makeMark(row.verdict, WORDS)),
    make("p", { class: "reason" }, body.verdict.reason),
    makeFacts([
      ["ended", row.stop.replace(/_/g, " ")],
      ["put down to", blame],
      ["driver", row.disagrees ? `disagrees: it said the goal is ${row.reached ? "reached" : "not reached"}` : row.gave_up ? "gave up" : ""],
      ["label", row.label ? `a person says ${WORDS[row.label]}` : ""],
      ...before,
      ["took", [formatCount(row.turns || 0, "turn"), formatUsd(row.cost), row.latency === undefined ? "" : `${formatSeconds(row.latency)} a reply`].filter(Boolean).join(", ")],
      ["error", body.error ? `${body.error.source}: ${body.error.type}: ${body.error.message}` : ""],
    ]),
    row.list.length ? make("h3", {}, "Criteria") : "",
    make("ol", { class: "criteria" }, row.list.map((text, number) => makeCriterion(row, body, text, number))),
    (body.verdict.claims || []).length ? [make("h3", {}, "Claimed, and not shown"), make("ul", { class: "criteria" }, body.verdict.claims.map((claim) => make("li", {}, make("q", {}, claim.quote), " ", makeTurnLinks(row, [claim.turn]))))] : "",
    Object.keys(body.scores).length ? make("h3", {}, "Scores") : "",
    make("ul", { class: "criteria" }, Object.entries(body.scores).map(makeScore)),
    make("details", {}, make("summary", {}, "Persona"), makeFacts([["profile", persona.profile], ["goal", persona.goal], ["traits", (persona.traits || []).join(", ")], ["facts", (persona.facts || []).join(" · ")], ["patience", persona.patience]])),
    make("details", {}, make("summary", {}, "Metadata"), makeJson(body.extra ? { ...body.metadata, extra: body.extra } : body.metadata)),
  );
}

function makeCriterion(row, body, text, number) {
  const found = (body.verdict.criteria || []).find((one) => one.criterion === text) || {};
  const evidence = found.evidence || [];
  const votes = found.votes ? `${found.votes.yes} yes, ${found.votes.no} no, ${found.votes.unknown} unknown${found.votes.missing ? `, ${found.votes.missing} missing` : ""}` : "";
  const lost = evidence.filter((one) => !one.found);
  return make(
    "li",
    {},
    make("p", {}, makeMark(row.criteria[number], ANSWERS), " ", text),
    found.reason ? make("p", { class: "reason" }, found.reason, " ", makeTurnLinks(row, [...evidence.filter((one) => one.found).map((one) => one.turn), ...(found.turns || [])])) : "",
    votes ? make("p", { class: "note" }, `votes: ${votes}`) : "",
    lost.map((one) => make("p", { class: "note" }, "a quote that does not stand there: ", make("q", {}, one.quote))),
  );
}

function makeScore([name, score]) {
  const has = score.value !== null && score.value !== undefined;
  const rests = score.items ? `, rests on ${formatCount(score.items, "item")}` : "";
  const threshold = score.threshold !== null && score.threshold !== undefined ? `, good from ${formatValue(score.threshold)}` : "";
  return make(
    "li",
    {},
    make("p", {}, make("strong", {}, has ? formatValue(score.value) : score.status), " ", name, make("span", { class: "note" }, rests + threshold)),
    make("p", { class: "reason" }, score.reason),
    (score.findings || []).map((text) => make("p", { class: "reason" }, text)),
  );
}
