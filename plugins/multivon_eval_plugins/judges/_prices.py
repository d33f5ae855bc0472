"""What a model's tokens cost: stated in the SPEC, or known to the genai-prices package."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs

from multivon_eval.sdk import Prices, Usage


@attrs.frozen
class Tariff:
    """What tokens cost by the length of the prompt: some providers charge more for all tokens of a long one.

    Attributes:
        base: The prices of a short prompt.
        steps: The prices beyond a number of prompt tokens, in growing order.
    """

    base: Prices
    steps: tuple[tuple[int, Prices], ...] = ()

    def cost(self, usage: Usage) -> Decimal:
        """What a call cost, in USD."""
        reached = [prices for start, prices in self.steps if usage.input_tokens > start]
        return (reached[-1] if reached else self.base).cost(usage)

    def worst(self, most_in: int, most_out: int) -> Decimal:
        """The most that a call can cost, in USD: every prompt token at the dearest price within reach."""
        within_reach = (self.base, *(prices for start, prices in self.steps if most_in > start))
        total = max(most_in * prices.dearest_input + most_out * prices.output for prices in within_reach)
        return total / 1_000_000


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
    try:
        found = genai_prices.calc_price(nothing, model, **where)
    except LookupError:
        return None
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
