// A conversation, turn by turn.

// Turns in their order: { turn, messages, seen }.
function groupTurns(body) {
  const turns = new Map();
  const at = (turn) => {
    if (!turns.has(turn)) turns.set(turn, { turn, messages: [], seen: [] });
    return turns.get(turn);
  };
  for (const message of body.messages) at(message.turn).messages.push(message);
  for (const one of body.seen) at(one.turn).seen.push(one);
  return [...turns.values()].sort((a, b) => a.turn - b.turn);
}

// The quotes that really stand in the transcript, with what each is there to show.
function listQuotes(body) {
  const quotes = [];
  for (const criterion of body.verdict.criteria || []) {
    for (const one of criterion.evidence || []) {
      if (one.found) quotes.push({ ...one, answer: criterion.met, title: `${ANSWERS[criterion.met]}: ${criterion.criterion}` });
    }
  }
  for (const one of body.verdict.claims || []) {
    if (one.found) quotes.push({ ...one, answer: "claim", title: one.backed === null ? "claimed; no tool is shown, so nothing could show it" : "claimed, and no tool call shows it" });
  }
  return quotes;
}

// A turn. For whoever labels there is nothing in it that anybody said of it.
function makeTurn(group, quotes, options = {}) {
  const here = options.blind ? [] : quotes.filter((quote) => quote.turn === group.turn);
  const seen = options.blind ? [] : group.seen;
  return make(
    "div",
    { class: "turn", "data-turn": group.turn },
    make("p", { class: "number" }, options.plain ? "" : make("span", { class: "unseen" }, "turn "), group.turn),
    group.messages.map((message) => makeMessage(message, here, options)),
    seen.map(makeSeen),
  );
}

function makeMessage(message, quotes, options) {
  const took = options.blind ? "" : formatSeconds(message.seconds);
  const past = message.past ? "from before this conversation" : "";
  return make(
    "div",
    { class: `message ${message.role}${message.past ? " past" : ""}` },
    make("p", { class: "role" }, message.role),
    (message.tool_calls || []).map((call) => makeCall(call, options)),
    message.content.trim() ? makeFolded(message.content, quotes) : make("p", { class: "note" }, "(no words)"),
    took || past ? make("p", { class: "took" }, [past, took].filter(Boolean).join(", ")) : "",
    !options.blind && message.metadata ? make("details", { class: "call" }, make("summary", {}, "metadata"), makeJson(message.metadata)) : "",
  );
}

function makeCall(call, options) {
  const head = JSON.stringify(call.arguments || {});
  return make(
    "details",
    { class: "call", open: Boolean(options.blind) },
    make("summary", {}, make("strong", {}, call.name), " ", make("span", { class: "note" }, head.length > 90 ? `${head.slice(0, 88)}…` : head)),
    make("p", { class: "role" }, "arguments"),
    makeJson(call.arguments || {}),
    make("p", { class: "role" }, "result"),
    makeJson(call.result === undefined ? null : call.result),
  );
}

const EFFECTS = { fault: "fault of the simulated user", refusal: "the assistant declined", stop: "ended here", note: "seen" };

function makeSeen(one) {
  return make(
    "p",
    { class: `seen ${one.effect}` },
    make("strong", {}, `${EFFECTS[one.effect] || one.effect}: ${one.name.replace(/_/g, " ")}`),
    one.detail ? ` ${one.detail}` : "",
    one.at_end ? " (seen at the end)" : "",
  );
}

// Two conversations of the same persona and trial, turn beside turn.
function makeBeside(body, other) {
  const [now, before] = [groupTurns(body), groupTurns(other)];
  const turns = [...new Set([...now, ...before].map((group) => group.turn))].sort((a, b) => a - b);
  const [quotes, others] = [listQuotes(body), listQuotes(other)];
  const pick = (groups, turn) => groups.find((group) => group.turn === turn);
  return make(
    "div",
    { class: "beside" },
    make("div", { class: "pair heads" }, make("h3", {}, "baseline"), make("h3", {}, "this run")),
    turns.map((turn) => {
      const [left, right] = [pick(before, turn), pick(now, turn)];
      const none = () => make("p", { class: "note" }, "it had ended");
      const side = (name, group, marks) => make("div", {}, make("p", { class: "side note" }, name), group ? makeTurn(group, marks) : none());
      return make("div", { class: "pair", "data-turn": turn }, side("baseline", left, others), side("this run", right, quotes));
    }),
  );
}
