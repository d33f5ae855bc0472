"""A small refund bot with a knowledge base, and a weakness that a simulation finds.

It looks an article up by the words of the last message alone. So it forgets what was said before (it asks for an
order number that it was given), and it does not notice that an old article in its knowledge base still states
another refund window than the policy.
"""

from __future__ import annotations

import re

from refund_knowledge import ARTICLES, Article

ORDER = re.compile(r"#\d{4}")
NO_EXCEPTION = "I'm sorry, but I can't make an exception to the refund policy."


def model_fn(messages: list[dict[str, str]]) -> str:
    """Answer the last message of a conversation."""
    asked = messages[-1]["content"]
    words = set(re.findall(r"[a-z]+", asked.lower()))
    if words & {"exception", "rules", "promised", "instructions"}:
        return NO_EXCEPTION
    order = ORDER.search(asked)
    if order:
        return f"Thank you. The status of order {order.group()} is: delivered."
    if words & {"status", "eligible"}:
        return "I can look that up. What is your order number?"
    best = max(ARTICLES, key=lambda article: _fit(article, words))
    if not _fit(best, words):
        return "I can help with refunds and returns. Could you tell me more about your question?"
    return best.text


def _fit(article: Article, words: set[str]) -> int:
    return len(article.keywords & words)
