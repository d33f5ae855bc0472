"""From a response to the JSON of a chat completion, tokens counted and answers cut as a provider does."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import attrs

from .chat_faults import COUNTED, HUGE, Response
from .chat_wire import encoded


class Completions:
    """Makes completions, and remembers prompts for the count of cached tokens."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, ...]] = set()

    def made(self, body: dict[str, Any], response: Response, index: int) -> Response:
        """Give the response with the completion, encoded, as its body, unless it brings a body of its own.

        Args:
            body: The request's.
            response: What to answer.
            index: The request's number, for the completion's id.
        """
        if response.body is not None:
            return attrs.evolve(response, body=encoded(response.body))
        response = _cut(body, response)
        message = {"role": "assistant", "content": response.text, "refusal": None, **response.message}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": response.finish_reason}
        completion = {
            "id": f"chatcmpl-{index}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": response.model or body["model"],
            "choices": [choice],
        }
        counted = self._usage(body, response.text)
        usage = counted if response.usage is COUNTED else response.usage
        if usage is not None:
            completion["usage"] = usage
        return attrs.evolve(response, body=encoded(completion, response.is_ascii))

    def _usage(self, body: dict[str, Any], text: str) -> dict[str, Any]:
        """Count tokens, four bytes each; what an earlier prompt consisted of is cached."""
        texts = [json.dumps(message) for message in body["messages"]]
        sizes = [len(message["content"].encode("utf-8", "surrogatepass")) for message in body["messages"]]
        schema = len(json.dumps(body["response_format"])) if "response_format" in body else 0
        asked, written = max(1, (sum(sizes) + schema) // 4), tokens_of(text)
        known = (count for count in range(len(texts), 0, -1) if (body["model"], *texts[:count]) in self._seen)
        cached = min(asked, sum(sizes[: next(known, 0)]) // 4)
        self._seen.add((body["model"], *texts))
        return {
            "prompt_tokens": asked,
            "completion_tokens": written,
            "total_tokens": asked + written,
            "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        }


def tokens_of(text: str) -> int:
    """Count the tokens of a text."""
    return max(1, len(text.encode("utf-8", "surrogatepass")) // 4)


def _cut(body: Mapping[str, Any], response: Response) -> Response:
    """Cut an answer at the limit that the request sets, as a model does; the fault ``huge`` knows no limit."""
    limit = body.get("max_tokens") or body.get("max_completion_tokens") or 4096
    if tokens_of(response.text) <= limit or len(response.text) >= HUGE:
        return response
    kept = response.text.encode("utf-8", "surrogatepass")[: 4 * limit].decode("utf-8", "ignore")
    return attrs.evolve(response, text=kept, finish_reason="length")


def model_list() -> Response:
    """List a model, as ``GET /models`` does."""
    model = {"id": "some-model", "object": "model", "created": 0, "owned_by": "test"}
    return Response(body={"object": "list", "data": [model]})
