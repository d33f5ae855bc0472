"""What a model's tokens cost: stated in the SPEC, or known to the genai-prices package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from decimal import Decimal
from operator import itemgetter
from typing import Any

import attrs

from multivon_eval.sdk import Prices, Usage


@attrs.frozen
class Tariff:
    """What tokens cost by the length of the prompt: some providers charge more for all tokens of a long one.

    Attributes:
        base: The prices of a short prompt.
        steps: The prices beyond a number of prompt tokens, in growing order.
        day: Where prices depend on the hour, the tariffs of a day, each with the time in UTC from which it counts, in
            their order; this one is then that of now.
    """

    base: Prices
    steps: tuple[tuple[int, Prices], ...] = ()
    day: tuple[tuple[time, Tariff], ...] = ()

    def cost(self, usage: Usage, at: datetime | None = None) -> Decimal:
        """What a call cost, in USD.

        Args:
            usage: What it took.
            at: When it was made; now if None.
        """
        if self.day:
            clock = (at or datetime.now(UTC)).astimezone(UTC).time()
            # Before the first of a day the last of the day before counts.
            return max((one for one in self.day if one[0] <= clock), default=self.day[-1], key=_TIME)[1].cost(usage)
        reached = [prices for start, prices in self.steps if usage.input_tokens > start]
        return (reached[-1] if reached else self.base).cost(usage)

    def worst(self, most_in: int, most_out: int) -> Decimal:
        """The most that a call can cost, in USD: every prompt token at the dearest price within reach, of any hour."""
        if self.day:
            return max(tariff.worst(most_in, most_out) for _, tariff in self.day)
        within_reach = (self.base, *(prices for start, prices in self.steps if most_in > start))
        total = max(most_in * prices.dearest_input + most_out * prices.output for prices in within_reach)
        return total / 1_000_000


_TIME = itemgetter(0)


def find_tariff(
    stated: tuple[float | None, ...],
    model: str,
    *,
    base_url: str | None = None,
    provider: str | None = None,
) -> Tariff | None:
    """The prices that the SPEC states, or else those that are known.

    Args:
        stated: ``price_in``, ``price_out``, ``price_cached`` and, where writing to the cache costs extra, the price
            of that: USD per million tokens.
        model: The model.
        base_url: Where it is asked.
        provider: The provider's name in genai-prices, where no URL tells it.

    Raises:
        ValueError: If a price is stated and another that it needs is not.
    """
    price_in, price_out, price_cached, *rest = stated
    if price_in is None or price_out is None:
        if any(price is not None for price in stated):
            raise ValueError("a price is missing; give price_in and price_out together")
        return find_known_tariff(model, base_url=base_url, provider=provider)
    cached = price_in if price_cached is None else price_cached
    written = _to_usd(rest[0]) if rest and rest[0] is not None else None
    return Tariff(Prices(_to_usd(price_in), _to_usd(price_out), _to_usd(cached), "stated in the SPEC", written))


def find_known_tariff(model: str, *, base_url: str | None = None, provider: str | None = None) -> Tariff | None:
    """Prices from the genai-prices package; None where it does not know the model at this endpoint."""
    # Imported here: it takes a third of a second, and prices are often stated.
    import genai_prices

    nothing = genai_prices.Usage(input_tokens=0, output_tokens=0)
    where: Any = {"provider_id": provider} if provider else {"provider_api_url": base_url}

    def find(at: datetime) -> tuple[Any, Tariff | None]:
        found = genai_prices.calc_price(nothing, model, genai_request_timestamp=at, **where)
        return found.model, _read_tariff(found)

    now = datetime.now(UTC)
    try:
        known, tariff = find(now)
    except LookupError:
        return None
    changes = _list_changes(known.prices)
    if tariff is None or not changes:
        return tariff
    found = [(clock, find(datetime.combine(now.date(), clock, UTC))[1]) for clock in changes]
    return attrs.evolve(tariff, day=tuple((clock, one) for clock, one in found if one is not None))


def _list_changes(prices: Any) -> list[time]:
    """The times of a day, in UTC, at which other prices begin to count."""
    rules = [getattr(one, "constraint", None) for one in prices] if isinstance(prices, list) else []
    ends = {end for rule in rules for name in ("start_time", "end_time") if (end := getattr(rule, name, None))}
    today = datetime.now(UTC).date()
    clocks = {datetime.combine(today, end, end.tzinfo or UTC).astimezone(UTC).time() for end in ends}
    return sorted({time(), *clocks}) if clocks else []


def _read_tariff(found: Any) -> Tariff | None:
    price: Any = found.model_price
    kinds = [getattr(price, f"{kind}_mtok", None) for kind in ("input", "output", "cache_read", "cache_write")]
    source = f"genai-prices: {found.provider.id}/{found.model.id}"
    base = _make_prices([_find_price(kind, -1) for kind in kinds], source)
    if base is None:
        return None
    steps = (
        (start, _make_prices([_find_price(kind, start) for kind in kinds], source)) for start in _list_starts(kinds)
    )
    return Tariff(base, tuple((start, prices) for start, prices in steps if prices is not None))


def _make_prices(amounts: list[Decimal | None], source: str) -> Prices | None:
    asked, answered, cached, written = amounts
    if asked is None or answered is None:
        return None
    return Prices(asked, answered, asked if cached is None else cached, source, written)


def _list_starts(kinds: Iterable[Any]) -> list[int]:
    return sorted({tier.start for kind in kinds for tier in getattr(kind, "tiers", ())})


def _find_price(price: Any, tokens: int) -> Decimal | None:
    """The price of a prompt with more than so many tokens."""
    if price is None or isinstance(price, Decimal):
        return price
    reached = [tier.price for tier in price.tiers if tier.start <= tokens]
    amount: Decimal = reached[-1] if reached else price.base
    return amount


def _to_usd(value: float) -> Decimal:
    return Decimal(str(value))
