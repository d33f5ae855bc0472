"""What is asked about one conversation, in which order, and what counts as an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import attrs

from multivon_eval.sdk import CriterionLabel, SimulationResult, YesNoUnknown, make_label

from .screen import Screen


class Move(Enum):
    """What a person wants instead of answering."""

    BACK = "back"
    SKIP = "skip"
    QUIT = "quit"
    HELP = "help"


@attrs.frozen
class Said:
    """What a person says of one conversation.

    Attributes:
        criteria: One answer for each.
        turn: The turn that decides, from 1, or None.
        kind: How it failed, or nothing.
        note: What else there is to say, or nothing.
    """

    criteria: tuple[CriterionLabel, ...]
    turn: int | None = None
    kind: str = ""
    note: str = ""


@attrs.frozen
class Step:
    """One question.

    Attributes:
        name: Which field of :class:`Said` it fills.
        text: What is asked.
        prompt: What stands before the answer.
        help: What counts as an answer.
        read: Makes a value of an answer, or raises ``ValueError``.
        choices: What is listed below the text.
        is_free: Whether any text is an answer, so that only single letters are commands.
    """

    name: str
    text: str
    prompt: str
    help: str
    read: Callable[[str], Any]
    choices: tuple[str, ...] = ()
    is_free: bool = False


WORDS: Mapping[str, YesNoUnknown] = {
    "y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unknown", "unknown": "unknown"
}  # fmt: skip
_MOVES = {"b": Move.BACK, "s": Move.SKIP, "q": Move.QUIT, "?": Move.HELP}
_MOVES_IN_FULL = {move.value: move for move in Move}
MOVES = "b back, s skip for now, q quit"


def ask_about(result: SimulationResult, screen: Screen, kinds: Sequence[str]) -> Said | Move:
    """Ask all there is to ask about a conversation that is shown.

    Args:
        result: The conversation.
        screen: Where it is asked.
        kinds: The kinds of failure that were named before.

    Returns:
        What the person says, or that the conversation is skipped, or that it is enough.
    """
    given: list[Any] = []
    while True:
        steps = _list_steps(result, given, kinds)
        if len(given) == len(steps):
            return _gather(result, steps, given)
        answer = _ask(steps[len(given)], screen)
        if answer is Move.BACK:
            if not given:
                screen.tell("This is the first question.")
            given = given[:-1]
        elif isinstance(answer, Move):
            return answer
        else:
            given.append(answer)


def _list_steps(result: SimulationResult, given: Sequence[Any], kinds: Sequence[str]) -> list[Step]:
    """All questions; whether one asks for the kind of failure depends on the answers."""
    criteria = result.persona.criteria
    steps = [_make_criterion(number, len(criteria), text) for number, text in enumerate(criteria, 1)]
    turns = max(turn for turn, _ in result.conversation.numbered())
    steps.append(_make_turn(turns))
    if "no" in given[: len(criteria)]:
        steps.append(_make_kind(kinds))
    note = Step("note", "A note? Enter for none", "note> ", "Any text, or Enter for none", str, is_free=True)
    return [*steps, note]


def _make_criterion(number: int, of: int, criterion: str) -> Step:
    text = f"Criterion {number} of {of}: {criterion}" if of > 1 else f"Criterion: {criterion}"
    return Step("criterion", text, "met> ", "y yes, n no, u unknown", lambda said: _read_word(said, WORDS))


def _make_turn(turns: int) -> Step:
    numbers = f"1 to {turns}" if turns > 1 else "1"

    def read(said: str) -> int | None:
        if not said:
            return None
        if not (said.isascii() and said.isdigit() and 1 <= int(said[:9]) <= turns):
            raise ValueError(said)
        return int(said)

    asked = f"Which turn decides? {numbers}, Enter for none"
    return Step("turn", asked, "turn> ", f"A turn, {numbers}, or Enter for none", read)


def _make_kind(kinds: Sequence[str]) -> Step:
    known = {kind.casefold(): kind for kind in kinds}

    def read(said: str) -> str:
        if said.isascii() and said.isdigit():
            if not 1 <= int(said[:9]) <= len(kinds):
                raise ValueError(said)
            return kinds[int(said) - 1]
        return known.get(said.casefold(), said)

    number = ", or a number" if kinds else ""
    text = f"In a word or two, how did it fail? Enter for none{number}"
    told = "A word or two, " + ("the number of one above, " if kinds else "") + "or Enter for none"
    shown = tuple(make_label(kind) for kind in kinds)
    return Step("kind", text, "kind> ", told, read, shown, is_free=True)


def _read_word(said: str, words: Mapping[str, Any]) -> Any:
    if said.casefold() not in words:
        raise ValueError(said)
    return words[said.casefold()]


def _ask(step: Step, screen: Screen) -> Any:
    """Ask until there is an answer, or a move."""
    screen.tell(step.text, style="bold")
    screen.show_list(list(step.choices))
    while True:
        try:
            said = screen.read(step.prompt)
        except EOFError:
            return Move.QUIT
        moves = _MOVES if step.is_free else {**_MOVES, **_MOVES_IN_FULL}
        move = moves.get(said.casefold())
        if move not in (None, Move.HELP):
            return move
        if move is None:
            try:
                return step.read(said)
            except ValueError:
                screen.tell(f"{make_label(said)!r} is no answer." if said else "It takes an answer.")
        screen.tell(f"{step.help}; {MOVES}")


def _gather(result: SimulationResult, steps: Sequence[Step], given: Sequence[Any]) -> Said:
    met = given[: len(result.persona.criteria)]
    criteria = zip(result.persona.criteria, met, strict=True)
    rest = {step.name: value for step, value in zip(steps, given, strict=True) if step.name != "criterion"}
    return Said(tuple(CriterionLabel(text, word) for text, word in criteria), **rest)
