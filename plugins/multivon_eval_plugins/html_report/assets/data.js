// The data of the run, compressed in the page: the head is read at once, bodies when they are asked for.

const KEPT = 12;
let head;
const runs = {};

async function inflate(text) {
  const coded = atob(text);
  const bytes = new Uint8Array(coded.length);
  for (let at = 0; at < coded.length; at += 1) bytes[at] = coded.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function listParts(name) {
  return [...document.querySelectorAll(`script[data-part="${name}"]`)];
}

async function loadHead() {
  const inflateOne = async (name) => (listParts(name).length ? inflate(listParts(name)[0].textContent) : []);
  let starts, baseStarts;
  [head, starts, baseStarts] = await Promise.all(["head", "rows-starts", "base-starts"].map(inflateOne));
  runs.new = { ...openRun(head.rows, head.personas, false), parts: listParts("rows"), starts };
  runs.base = { ...openRun(head.base.rows, head.base.personas, true), parts: listParts("base"), starts: baseStarts };
  pairRuns();
}

function openRun(rows, personas, isBase) {
  const byKey = new Map();
  rows.forEach((row, place) => {
    row.place = place;
    row.isBase = isBase;
    row.persona = personas[row.persona];
    row.name = row.persona.name + (row.trial > 1 ? ` #${row.trial}` : "");
    row.list = listCriteria(row.persona);
    row.criteria = row.list.map((_, number) => (row.criteria || [])[number] || "none");
    byKey.set(row.key, row);
  });
  return { rows, personas, byKey, open: new Map() };
}

function listCriteria(persona) {
  const given = persona.success_criteria || [];
  return typeof given === "string" ? [given] : given;
}

// The same persona and trial in both runs; where a run has several of them, in their order.
function pairRuns() {
  const waiting = new Map();
  for (const row of runs.base.rows) waiting.set(row.uid, [...(waiting.get(row.uid) || []), row]);
  for (const row of runs.new.rows) {
    const other = (waiting.get(row.uid) || []).shift();
    if (other) Object.assign(row, { other }), Object.assign(other, { other: row });
  }
}

// The body of a conversation; its neighbours come with it, and some of them are kept.
async function loadBody(row) {
  const run = row.isBase ? runs.base : runs.new;
  const number = run.starts.findLastIndex((start) => start <= row.place);
  if (!run.open.has(number)) run.open.set(number, inflate(run.parts[number].textContent));
  const opened = run.open.get(number);
  run.open.delete(number);
  run.open.set(number, opened);
  if (run.open.size > KEPT) run.open.delete(run.open.keys().next().value);
  return (await opened)[row.place - run.starts[number]];
}

// What is searched, made when somebody first searches: the words of each conversation, in small letters.
let texts;
function loadTexts() {
  texts ||= (async () => {
    const found = [];
    for (const part of runs.new.parts) {
      for (const body of await inflate(part.textContent)) {
        const { persona } = runs.new.rows[found.length];
        const said = [persona.name, persona.goal, ...body.messages.map((message) => message.content)];
        found.push(said.join("\n").toLowerCase());
      }
    }
    return found;
  })();
  return texts;
}
