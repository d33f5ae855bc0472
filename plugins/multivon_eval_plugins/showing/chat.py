"""One conversation as a chat: who said what, what was quoted of it, what was found at which turn."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from multivon_eval.sdk import Message, Score, SimulationResult, ToolCall, make_label, make_printable

_STYLE = {"yes": "green", "no": "red", "unknown": "yellow", "achieved": "green", "not achieved": "red"}
_MARK = {"yes": "met", "no": "not met", "unknown": "unknown"}
FOLDED = 100
"""Characters of a tool's arguments or result that are shown where they are folded."""
INDENT = 10


def write_chat(console: Console, result: SimulationResult, *, shows_tools: bool) -> None:
    """Print one conversation.

    Args:
        console: Where.
        result: The conversation.
        shows_tools: Whether arguments and results of tools are shown in full.
    """
    trial = f" #{result.trial}" if result.trial > 1 else ""
    console.print(Rule(Text(f"{make_label(result.persona.name)}{trial}", style="bold"), align="left"))
    for label, said in _list_head(result):
        _print_beside(console, label, Text(make_printable(said)))
    found = _group_findings(result)
    for turn, message in result.conversation.numbered():
        if message.role == "user":
            console.print()
            _print_beside(console, f"{turn:>2} user", _mark_quotes(result, turn, message), _format_seconds(message))
            _print_findings(console, found.pop((turn, "user"), []))
            continue
        for call in message.tool_calls:
            _print_beside(console, "   tool", _describe_call(call, shows_tools), style="dim")
        _print_beside(console, "   system", _mark_quotes(result, turn, message), _format_seconds(message))
        _print_findings(console, found.pop((turn, "assistant"), []))
    for (turn, _), rest in sorted(found.items()):
        _print_findings(console, [f"turn {turn}: {text}" for text in rest])
    console.print()
    _print_verdict(console, result)
    console.print()


def _list_head(result: SimulationResult) -> Iterator[tuple[str, str]]:
    persona = result.persona
    for label, said in (("profile", persona.profile), ("goal", persona.goal), ("traits", ", ".join(persona.traits))):
        if said:
            yield label, said
    turns = f"{result.turns} turn" + ("" if result.turns == 1 else "s")
    yield "ended", f"{result.stop_reason or 'imported'}, {turns}, ${result.cost_usd:.4f}"
    error = result.conversation.error
    if error is not None:
        yield "error", f"{error.source}: {error.message}"


def _group_findings(result: SimulationResult) -> dict[tuple[int, str], list[str]]:
    """What observers and claims say, by turn and by whose message it is about."""
    found: dict[tuple[int, str], list[str]] = {}
    for seen in result.conversation.observations:
        side = "user" if seen.effect == "fault" else "assistant"
        found.setdefault((seen.turn, side), []).append(f"{seen.effect}: {seen.name}, {seen.detail}".rstrip(", "))
    for claim in result.verdict.claims:
        how = "cannot be verified, no tool is shown" if claim.backed is None else "no tool call shows it"
        found.setdefault((claim.turn, "assistant"), []).append(f"claim: {how}: {claim.quote!r}")
    return found


def _mark_quotes(result: SimulationResult, turn: int, message: Message) -> Text:
    """A message with the quotes of the verdict marked, each in the colour of its criterion's answer."""
    text = Text(make_printable(message.content))
    for criterion in result.verdict.criteria:
        for quote in criterion.evidence:
            at = text.plain.find(make_printable(quote.quote)) if quote.found and quote.turn == turn else -1
            if at >= 0 and quote.quote:
                text.stylize(f"{_STYLE[criterion.met]} underline", at, at + len(make_printable(quote.quote)))
    return text


def _format_seconds(message: Message) -> str:
    is_told = message.seconds is not None and message.seconds >= 0.05
    return f"{message.seconds:.1f} s" if is_told else ""


def _describe_call(call: ToolCall, is_whole: bool) -> Text:
    def write(value: object) -> str:
        text = json.dumps(value, ensure_ascii=False, default=str)
        return text if is_whole or len(text) <= FOLDED else f"{text[: FOLDED - 3]}..."

    result = "" if call.result is None else f" -> {write(call.result)}"
    return Text(make_printable(f"{call.name}({write(dict(call.arguments))}){result}"))


def _print_beside(console: Console, label: str, said: Text, after: str = "", style: str = "") -> None:
    """Print a label, and beside it a text whose lines all begin below the first one."""
    body = said.copy()
    if after:
        body.append(f"  {after}", style="dim")
    lines = body.wrap(console, max(20, console.width - INDENT)) or [Text("")]
    for number, line in enumerate(lines):
        line.rstrip()
        head = Text(f"{'' if number else label:<{INDENT}}", style=style or "bold")
        console.print(Text.assemble(head, line, style=style), soft_wrap=True)


def _print_findings(console: Console, found: list[str]) -> None:
    """Print what was found at a turn; the same thing several times on one line."""
    for text in dict.fromkeys(found):
        times = found.count(text)
        told = f"! {text}" + (f" ({times} times)" if times > 1 else "")
        console.print(Padding(Text(make_printable(told), style="yellow"), (0, 0, 0, INDENT)))


def _print_verdict(console: Console, result: SimulationResult) -> None:
    verdict = result.verdict
    by = f" by {make_label(result.judge_model)}" if result.judge_model else ""
    said = Text(verdict.outcome, style=_STYLE.get(verdict.outcome, "yellow"))
    _print_beside(console, "verdict", Text.assemble(said, make_printable(f"{by}: {verdict.reason}")))
    for one in verdict.criteria:
        votes = one.votes
        split = "" if votes is None else f" ({votes.yes} yes, {votes.no} no, {votes.unknown} unknown)"
        mark = Text(f"{_MARK[one.met]}{split}", style=_STYLE[one.met])
        _print_beside(console, "", Text.assemble(mark, make_printable(f": {one.criterion}: {one.reason}")))
        for quote in one.evidence:
            where = f"turn {quote.turn}" if quote.found else f"turn {quote.turn}, not found there"
            _print_beside(console, "", Text(make_printable(f'   "{quote.quote}" ({where})'), style="dim"))
    for name, score in result.scores.items():
        _print_beside(console, "score", Text(make_printable(f"{name} {_describe_score(score)}")))
    if result.disagreement and not result.provenance.judge_rule:
        _print_beside(console, "", Text("driver and judge disagree on the goal", style="yellow"))
    if result.attribution:
        _print_beside(console, "", Text(f"put down to: {result.attribution}", style="dim"))


def _describe_score(score: Score) -> str:
    value = "none" if score.value is None else f"{score.value:.2f}"
    return "; ".join([f"{value}: {score.reason}", *score.findings])
