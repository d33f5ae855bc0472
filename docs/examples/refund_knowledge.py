"""The knowledge base of the refund bot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Article:
    """One article: the words it is found by, and what it says."""

    keywords: frozenset[str]
    text: str


ARTICLES = (
    Article(
        frozenset({"refund", "get", "process", "how", "start"}),
        "You get a refund within 30 days of delivery. The process: open Your orders, choose the item and press "
        "Request refund. The money arrives in 5 business days.",
    ),
    # Written before the policy changed, and never taken out.
    Article(
        frozenset({"refund", "window", "confirm", "deadline", "sure"}),
        "A refund is possible within 14 days of delivery, so the window closes 14 days after the parcel came.",
    ),
    Article(
        frozenset({"damaged", "broken", "replacement", "photo"}),
        "For a damaged item we send a replacement free of charge. Upload a photo of the damage under Your orders.",
    ),
    Article(
        frozenset({"gift", "voucher", "receipt", "store", "credit"}),
        "A gift can be returned without a receipt; you then get store credit as a voucher by email.",
    ),
)
