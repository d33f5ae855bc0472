// Labelling: a blind sample, one conversation after the other. Nothing that was said of one is shown.

const labelling = { order: [], answers: [], begun: 0, row: null };

async function showLabelling() {
  loadLabels();
  const { rows } = runs.new;
  const sample = head.sample.rows.map((place) => rows[place]);
  const left = sample.filter((row) => !labels.has(row.key));
  // One that was skipped comes last.
  left.sort((a, b) => labelling.order.indexOf(a.key) - labelling.order.indexOf(b.key));
  const row = left[0];
  document.title = "Labelling";
  if (!row) return showLabelled(sample);
  const body = await loadBody(row);
  Object.assign(labelling, { row, answers: [], begun: performance.now(), turns: Math.max(1, ...body.messages.map((message) => message.turn)) });
  const said = make("div", { class: "chat" }, groupTurns({ ...body, seen: [] }).map((group) => makeTurn(group, [], { blind: true })));
  replace(
    find("labelling"),
    makeLabelBar(sample),
    make("div", { class: "reading" }, make("section", { class: "said", "aria-label": "What was said" }, said), makeAsk(row)),
  );
  showAnswers();
  scrollTo(0, 0);
}

function makeLabelBar(sample) {
  const done = sample.filter((row) => labels.has(row.key)).length;
  const name = make("input", { type: "text", value: memory.read("multivon-eval:by") || "", autocomplete: "name", change: () => memory.keep("multivon-eval:by", name.value), id: "label-by" });
  return make(
    "div",
    { class: "readerbar" },
    make("a", { href: "#conversations", class: "step" }, "← leave"),
    make("span", { id: "label-progress", role: "status" }, `${done} of ${sample.length} labelled, sample seed ${head.sample.seed}`),
    make("label", { class: "by" }, "your name ", name),
    make("button", { type: "button", id: "export-labels", click: exportLabels, disabled: !labels.size }, "Export labels.jsonl"),
    mayKeep ? "" : make("p", { class: "note warning" }, "This browser keeps nothing for this file: export before you close the page."),
  );
}

function makeAsk(row) {
  const { persona } = row;
  const kinds = [...new Set([...labels.values()].map((label) => label.kind).filter(Boolean))];
  return make(
    "aside",
    { class: "judged", "aria-label": "Your label" },
    make("h2", {}, make("bdi", {}, row.name)),
    makeFacts([["profile", persona.profile], ["goal", persona.goal]]),
    make("h3", {}, "Is it met? ", make("span", { class: "note" }, "y yes, n no, u unknown")),
    make("ol", { class: "criteria asks" }, row.list.map(makeQuestion)),
    make("label", { class: "field" }, "Which turn decides? ", make("input", { type: "number", id: "label-turn", min: 1, max: labelling.turns })),
    make("label", { class: "field", id: "kind-field" }, "In a word or two, how did it fail? ", make("input", { type: "text", id: "label-kind", list: "label-kinds" }), make("datalist", { id: "label-kinds" }, kinds.map((kind) => make("option", { value: kind })))),
    make("label", { class: "field" }, "A note ", make("textarea", { id: "label-note", rows: "2" })),
    make("div", { class: "row-of-buttons" }, make("button", { type: "button", id: "keep-label", class: "main", click: keepLabel }, "Keep and go on"), make("button", { type: "button", class: "quiet", click: skipLabel }, "skip for now")),
  );
}

function makeQuestion(text, number) {
  const choose = (answer) => () => answerAt(number, answer);
  const button = (answer, word) => make("button", { type: "button", class: `answer ${answer}`, "data-answer": answer, "aria-pressed": "false", click: choose(answer) }, `${MARKS[answer]} ${word}`);
  return make("li", { "data-number": number }, make("p", {}, text), make("div", { class: "answers", role: "group", "aria-label": text }, button("yes", "yes"), button("no", "no"), button("unknown", "unknown")));
}

function answerAt(number, answer) {
  labelling.answers[number] = answer;
  showAnswers();
}

function answerNext(answer) {
  const next = labelling.row.list.findIndex((_, number) => !labelling.answers[number]);
  if (next >= 0) answerAt(next, answer);
}

function takeAnswerBack() {
  const last = labelling.answers.findLastIndex(Boolean);
  if (last >= 0) answerAt(last, "");
}

function showAnswers() {
  const { answers, row } = labelling;
  const next = row.list.findIndex((_, number) => !answers[number]);
  for (const item of document.querySelectorAll(".asks li")) {
    const number = Number(item.dataset.number);
    item.classList.toggle("next", number === next);
    for (const button of item.querySelectorAll("[data-answer]")) button.setAttribute("aria-pressed", String(button.dataset.answer === answers[number]));
  }
  find("keep-label").disabled = next >= 0;
  find("kind-field").hidden = !answers.includes("no");
}

function keepLabel() {
  const { row, answers } = labelling;
  if (!row || row.list.some((_, number) => !answers[number])) return;
  const turn = Number(find("label-turn").value);
  addLabel(row, answers, {
    turn: Number.isInteger(turn) && turn >= 1 && turn <= labelling.turns ? turn : null,
    note: tidy(find("label-note").value),
    kind: answers.includes("no") ? tidy(find("label-kind").value) : "",
    by: tidy(find("label-by").value),
    seconds: (performance.now() - labelling.begun) / 1000,
  });
  showLabelling();
}

function skipLabel() {
  labelling.order = [...labelling.order.filter((key) => key !== labelling.row.key), labelling.row.key];
  showLabelling();
}

function showLabelled(sample) {
  labelling.row = null;
  const told = sample.length ? `All ${sample.length} conversations of the sample are labelled.` : "There is no conversation that a person could label.";
  replace(
    find("labelling"),
    makeLabelBar(sample),
    make("div", { class: "done" }, make("h2", {}, told), sample.length ? make("p", {}, "Export them, and hold the judge against them: ", make("code", {}, "multivon-eval calibrate results.jsonl --labels labels.jsonl")) : ""),
  );
}
