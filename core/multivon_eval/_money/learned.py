"""What a run learns of its own costs: how dear a byte of a prompt is, how long answers are, what a conversation takes.

Nothing here bounds anything: the ceiling rests on the strict bounds of the calls under way. What is learned decides how
much is held for judging, who begins and what the estimate says.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from .._questions import Prompt, Question
from .._types.answer import Answer, Prices
from ..errors import JudgeError
from ..protocols import Judge
from .funds import ZERO
from .price import find_prices, find_worst_cost

TOKENS_PER_BYTE = Decimal("0.25")
"""Of English text and JSON, before anything is known of the model's own tokens."""
SHARE = Decimal("0.12")
"""Of the tokens that an answer may have it usually has so many, before anything is known."""
RATIO = Decimal("0.3")
"""Likewise of what a call can cost at most, where the judge does not say what its tokens cost."""
USUAL_LIMIT = 1024
"""Tokens of an answer where the question states no limit."""
_ROOM, _LEAST_ROOM = 3, 64
"""Near the ceiling an answer may be so many times as long as the longest of late, and so many tokens more."""
_FADES = Decimal("0.1")
_UNSURE, _SURE = Decimal("1.25"), Decimal("1.15")
"""What an expectation is multiplied with that money is held for, before and after something is known."""


@attrs.define
class Peak:
    """The largest value of late: one that is larger counts at once, a smaller one brings it down by a tenth.

    Attributes:
        value: The value; None before the first.
    """

    value: Decimal | None = None

    def learn(self, value: Decimal) -> None:
        """Take in a value."""
        known = self.value
        self.value = value if known is None or value > known else known + (value - known) * _FADES


@attrs.define
class Kind:
    """What is known of one kind of call.

    Attributes:
        per_byte: USD for a byte of the prompt.
        share: The tokens of an answer over those that the question allows.
        ratio: The cost over the most that it could be.
    """

    per_byte: Peak = attrs.field(factory=Peak)
    share: Peak = attrs.field(factory=Peak)
    ratio: Peak = attrs.field(factory=Peak)


@attrs.define
class Learned:
    """What a run has learned.

    Attributes:
        kinds: By what is asked.
        whole: What a conversation costs in all, in USD.
        judging: What judging one costs, in USD.
        surplus: How much more than expected one question of its judging can cost at most, in USD.
        turns: How many turns one has.
    """

    kinds: dict[str, Kind] = attrs.field(factory=dict)
    whole: Peak = attrs.field(factory=Peak)
    judging: Peak = attrs.field(factory=Peak)
    surplus: Peak = attrs.field(factory=Peak)
    turns: Peak = attrs.field(factory=Peak)
    _prices: dict[int, Prices | None] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def _find_prices(self, judge: Judge) -> Prices | None:
        """What a judge's tokens cost; asked once, for a judge says it before each call."""
        if id(judge) not in self._prices:
            self._prices[id(judge)] = find_prices(judge)
        return self._prices[id(judge)]

    def learn_call(self, judge: Judge, question: Question[Any], answer: Answer, worst: Decimal) -> None:
        """Take in what a call did cost."""
        kind = self.kinds.setdefault(name_kind(question), Kind())
        prices, used = self._find_prices(judge), answer.usage
        if worst > 0:
            kind.ratio.learn(answer.cost_usd / worst)
        if prices is None or not used.input_tokens:
            return
        asked = answer.cost_usd - used.output_tokens * prices.output / 1_000_000
        kind.per_byte.learn(max(asked, ZERO) / (count_bytes(question.prompt) or 1))
        kind.share.learn(Decimal(used.output_tokens) / (question.prompt.max_tokens or USUAL_LIMIT))

    def learn_conversation(self, whole: Decimal, judging: Decimal, surplus: Decimal, turns: int) -> None:
        """Take in what a conversation did cost that came to its own end."""
        self.whole.learn(whole)
        self.judging.learn(judging)
        self.surplus.learn(surplus)
        self.turns.learn(Decimal(turns))

    def expect(self, judge: Judge, question: Question[Any], is_safe: bool = False) -> Decimal:
        """What a call is expected to cost, in USD; 0 where the judge knows no prices.

        Args:
            judge: Who is asked.
            question: What.
            is_safe: Whether money is held for it: then rather too much.
        """
        known, prices = self.kinds.get(name_kind(question), Kind()), self._find_prices(judge)
        if prices is None:
            try:
                worst = find_worst_cost(judge, question) or ZERO
            except JudgeError:
                return ZERO  # the call itself will say it
            cost, is_known = worst * _or(known.ratio.value, RATIO), known.ratio.value is not None
        else:
            # What a byte costs is much the same whatever is asked.
            others = max((kind.per_byte.value or ZERO for kind in self.kinds.values()), default=ZERO)
            per_byte = _or(known.per_byte.value, others or TOKENS_PER_BYTE * prices.input / 1_000_000)
            answered = _or(known.share.value, SHARE) * (question.prompt.max_tokens or USUAL_LIMIT)
            cost = per_byte * count_bytes(question.prompt) + answered * prices.output / 1_000_000
            is_known = known.share.value is not None
        return cost * (_SURE if is_known else _UNSURE) if is_safe else cost

    def shorten(self, question: Question[Any]) -> Question[Any] | None:
        """The same question with room for an answer three times as long as the longest of late.

        Returns:
            The question; None where nothing is known of its answers, or there would be no less room.
        """
        kind, limit = self.kinds.get(name_kind(question)), question.prompt.max_tokens
        if kind is None or kind.share.value is None or not limit:
            return None
        room = int(limit * kind.share.value * _ROOM) + _LEAST_ROOM
        return attrs.evolve(question, prompt=attrs.evolve(question.prompt, max_tokens=room)) if room < limit else None

    def to_json(self) -> dict[str, Any]:
        """What is stored, for a run that goes on with this one."""
        return {
            "kinds": {
                name: {field: _write(getattr(kind, field)) for field in ("per_byte", "share", "ratio")}
                for name, kind in self.kinds.items()
            },
            **{name: _write(getattr(self, name)) for name in _WHOLES},
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Learned:
        """Read what was stored; what is missing is not known."""
        kinds = {
            name: Kind(*(_read(kind.get(field)) for field in ("per_byte", "share", "ratio")))
            for name, kind in row.get("kinds", {}).items()
        }
        return cls(kinds, *(_read(row.get(name)) for name in _WHOLES))


_WHOLES = ("whole", "judging", "surplus", "turns")


def name_kind(question: Question[Any]) -> str:
    """Name the kind of a question: by what it asks about."""
    return type(question.about).__name__


def count_bytes(prompt: Prompt) -> int:
    """How long a prompt is, its schema aside, in bytes."""
    texts = (prompt.system, *(part for message in prompt.messages for part in message.parts))
    return sum(len(text) if text.isascii() else len(text.encode("utf-8", "replace")) for text in texts)


def _or(value: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if value is None else value


def _write(peak: Peak) -> str | None:
    return None if peak.value is None else f"{peak.value:.6e}"


def _read(value: Any) -> Peak:
    return Peak(None if value is None else Decimal(value))
