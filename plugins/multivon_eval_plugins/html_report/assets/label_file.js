// Labels: kept in the browser, and exported as the file that multivon-eval label writes.

let labels = new Map();
let mayKeep = true;
let isLoaded = false;

const nameOfLabels = () => `multivon-eval:labels:${head.run}:${head.sample.seed}`;
const tidy = (text) => clean(text.split(/\s+/).filter(Boolean).join(" "));

function loadLabels() {
  if (isLoaded) return;
  isLoaded = true;
  try {
    labels = new Map(JSON.parse(memory.read(nameOfLabels()) || "[]").filter(([key]) => runs.new.byKey.has(key)));
  } catch {
    labels = new Map(); // what stands there is not ours
  }
  mayKeep = memory.keep(nameOfLabels(), JSON.stringify([...labels]));
}

// The fields in the order in which the command writes them; what was not said is left out.
function addLabel(row, answers, said) {
  const criteria = row.list.map((criterion, number) => ({ criterion, met: answers[number] }));
  const all = {
    schema_version: 1,
    case_uid: row.uid || "",
    transcript: row.digest,
    criteria,
    persona: row.persona.name,
    trial: row.trial,
    turn: said.turn,
    note: said.note,
    kind: said.kind,
    labelled_by: said.by,
    labelled_at: new Date().toISOString().replace("Z", "+00:00"),
    seconds: Math.round(said.seconds * 10) / 10,
    seed: head.sample.seed,
    goal_achieved: answers.includes("no") ? "no" : answers.every((answer) => answer === "yes") ? "yes" : "unknown",
  };
  const isNeeded = (name, value) => name === "case_uid" || (value !== "" && value !== null);
  labels.set(row.key, Object.fromEntries(Object.entries(all).filter(([name, value]) => isNeeded(name, value))));
  mayKeep = memory.keep(nameOfLabels(), JSON.stringify([...labels]));
}

// One line of JSON with the blanks that Python puts into it.
function writeLine(value) {
  if (Array.isArray(value)) return `[${value.map(writeLine).join(", ")}]`;
  if (value && typeof value === "object") return `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${writeLine(each)}`).join(", ")}}`;
  return JSON.stringify(value).replace(CONTROL, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function exportLabels() {
  const lines = [...labels.values()].map((label) => `${writeLine(label)}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "labels.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
