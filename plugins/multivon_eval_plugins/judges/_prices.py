"""What a model's tokens cost: stated in the SPEC, or known to the genai-prices package."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from multivon_eval.sdk import Prices


def stated_prices(price_in: float | None, price_out: float | None, price_cached: float | None) -> Prices | None:
    """Prices as the SPEC states them, in USD per million tokens; None unless both are given."""
    if price_in is None or price_out is None:
        return None
    cached = price_in if price_cached is None else price_cached
    return Prices(_money(price_in), _money(price_out), _money(cached), "stated in the SPEC")


def known_prices(model: str, base_url: str) -> Prices | None:
    """Prices from the genai-prices package; None where it does not know the model at this endpoint.

    Where a price depends on the length of the prompt the highest is taken, so that the ceiling holds.
    """
    # Imported here: it takes a third of a second, and prices are often stated.
    import genai_prices

    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(input_tokens=0, output_tokens=0), model, provider_api_url=base_url
        )
    except LookupError:
        return None
    price: Any = found.model_price
    asked, answered = _highest(price.input_mtok), _highest(price.output_mtok)
    if asked is None or answered is None:
        return None
    cached = _highest(getattr(price, "cache_read_mtok", None))
    return Prices(
        asked,
        answered,
        asked if cached is None else cached,
        f"genai-prices: {found.provider.id}/{found.model.id}",
    )


def _highest(price: Any) -> Decimal | None:
    if price is None:
        return None
    tiers = [price] if isinstance(price, Decimal) else [price.base, *(tier.price for tier in price.tiers)]
    return max(tiers)


def _money(value: float) -> Decimal:
    return Decimal(str(value))
