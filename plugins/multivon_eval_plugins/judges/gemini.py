"""The judge that asks Google's Gemini: generateContent over HTTP, structured output by a response schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import attrs

from multivon_eval.sdk import (
    AnswerWithheld,
    JudgeUnavailable,
    KeyedJudge,
    Prompt,
    PromptMessage,
    Usage,
    whole_text,
)

from ..provider.asking import Asking
from ..provider.http_judge import HttpJudge, keep_places
from ..provider.options import is_url
from ..provider.reading import Reading, add_usage, describe_missing_answer, read_usage, write_schema_note
from ..provider.refusable import IN_FIRST_MESSAGE, LEFT_OUT, Refusable
from ._gemini_schema import convert_schema

GEMINI = "https://generativelanguage.googleapis.com"
_ROLES = {"user": "user", "assistant": "model"}
_AS_JSON, _MINIMAL = "sent as a JSON answer without a schema", "sent as thinkingLevel MINIMAL"
_REFUSABLE = (
    Refusable(
        "thinkingConfig",
        ("thinkingConfig", "thinking_config", "thinkingBudget", "thinking_budget", "thinkingLevel", "thinking_level"),
        (_MINIMAL, LEFT_OUT),
        r"budget \d+ is invalid|thinking mode|thinking (?:level |budget )?is not",
    ),
    Refusable("temperature", ("temperature",)),
    Refusable(
        "responseSchema",
        ("responseSchema", "response_schema", "responseMimeType", "response_mime_type", "json mode"),
        (_AS_JSON, LEFT_OUT),
        r"json mode is not|schema produces|schema (?:is )?too (?:complex|deep|large)",
    ),
    Refusable(
        "systemInstruction",
        ("systemInstruction", "system_instruction"),
        (IN_FIRST_MESSAGE,),
        r"(?:developer|system) instruction is not",
    ),
)
# What an answer may end with; with anything else it may be there all the same.
_WITHHELD = {
    *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY"),
    *("IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER"),
}
_BROKEN = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE", "NO_IMAGE"}

DEFAULT = KeyedJudge("gemini:gemini-3.5-flash-lite", rank=30)
"""Chosen where the key is set and nobody names a judge."""


@attrs.define(field_transformer=keep_places)
class Gemini(HttpJudge):
    """Asks a Gemini model over ``POST {base_url}/v1beta/models/{model}:generateContent``.

    Answers are asked for as structured output (``responseSchema``). Without ``thinking`` the model is asked not
    to think. A model that refuses one of these, or the temperature, is asked again without it once; what was left
    out is remembered for the run and noted in the results.

    Attributes:
        model: The model.
        base_url: The endpoint, without ``/v1beta``.
        api_key_env: The variable that holds the key.
        temperature: For all questions; if not given, 0 to judge and 1 to play a persona.
        max_tokens: The most tokens of an answer; if not given, what the question needs.
        timeout: Seconds without a byte before a request is given up; the run's timeout holds beside it.
        price_in: USD per million prompt tokens, where genai-prices does not know them.
        price_out: USD per million completion tokens.
        price_cached: USD per million cached prompt tokens; ``price_in`` if not given.
        thinking: Tokens beside ``max_tokens`` that the model may think with; 0 to do without.
        extra_body: What goes into each request beside the rest, ``{top_p = 0.9}`` say.
        headers_env: Headers more, each with the variable that holds its value, ``{X-Team = "TEAM_TOKEN"}`` say.
        client: An ``httpx.AsyncClient`` to use as it is, for those who embed.

    Source: Gemini API reference, generateContent (https://ai.google.dev/api/generate-content).
    """

    NAME = "gemini"
    MODELS = "v1beta/models"
    KEY_HEADER, KEY_SCHEME = "x-goog-api-key", ""

    base_url: str = attrs.field(default=GEMINI, validator=is_url)
    api_key_env: str = "GEMINI_API_KEY"
    thinking: int = attrs.field(default=0, validator=attrs.validators.ge(0))

    def make_asking(self) -> Asking:
        """Make what asks the model: its prices, what it may refuse, temperature and the most tokens of an answer."""
        prices = self.find_tariff(self.model.removeprefix("models/"))
        return Asking(prices, _REFUSABLE, self.temperature, self.max_tokens, self.thinking)

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request for a prompt."""
        contents: list[dict[str, Any]] = [
            {"role": _ROLES[message.role], "parts": _write_parts(message)} for message in prompt.messages
        ]
        config: dict[str, Any] = {} if prompt.max_tokens is None else {"maxOutputTokens": prompt.max_tokens}
        body: dict[str, Any] = {"contents": contents, "generationConfig": config}
        if prompt.system.strip():
            told = {"text": whole_text(prompt.system)}
            if "systemInstruction" in left_out:
                contents[0]["parts"].insert(0, {"text": f"{told['text']}\n\n"})
            else:
                body["systemInstruction"] = {"parts": [told]}
        if prompt.schema is not None:
            _ask_for_json(prompt, left_out.get("responseSchema", ""), contents[-1]["parts"], config)
        if "temperature" not in left_out and prompt.temperature is not None:
            config["temperature"] = prompt.temperature
        thinking = left_out.get("thinkingConfig", "")
        if thinking != LEFT_OUT:
            is_level = thinking == _MINIMAL and not self.thinking
            config["thinkingConfig"] = {"thinkingLevel": "MINIMAL"} if is_level else {"thinkingBudget": self.thinking}
        return body

    async def send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one request."""
        # A tuned model has a collection of its own.
        collection, _, name = self.model.rpartition("/")
        path = f"{collection if collection == 'tunedModels' else 'models'}/{quote(name, safe='')}"
        return await self._http.post(f"v1beta/{path}:generateContent", body)

    def read(self, data: Mapping[str, Any]) -> Reading:
        """Read the answer."""
        candidate = self._find_candidate(data)
        reason = str(candidate.get("finishReason") or "STOP")
        told = self._http.clean_text(str(candidate.get("finishMessage") or reason))
        if reason in _WITHHELD:
            raise AnswerWithheld(f"the provider withheld the answer ({self._http.clean_text(reason)}): {told}")
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, Mapping) else None
        said = [part for part in parts or () if isinstance(part, Mapping)]
        text = _join_texts(part for part in said if not part.get("thought"))
        if reason in _BROKEN and not text:
            raise JudgeUnavailable(f"the model called a function that nobody offered ({reason}): {told}", True)
        return Reading(
            text=text,
            model=self._http.clean_name(str(data.get("modelVersion") or self.model)),
            is_cut=reason == "MAX_TOKENS",
            thoughts=_join_texts(part for part in said if part.get("thought")),
            has_thought=_has_thought(data.get("usageMetadata")),
        )

    def read_usage(self, data: Mapping[str, Any]) -> Usage | None:
        """Read the tokens that a reply took."""
        return _read_usage(data.get("usageMetadata"))

    def _find_candidate(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Find the one answer there is.

        Raises:
            AnswerWithheld: If the prompt is blocked.
            JudgeUnavailable: If there is none.
        """
        feedback = data.get("promptFeedback")
        if isinstance(feedback, Mapping) and feedback.get("blockReason"):
            reason = self._http.clean_text(str(feedback["blockReason"]))
            raise AnswerWithheld(f"the provider blocked the prompt ({reason}); ask another judge about this one")
        candidates = data.get("candidates")
        first = candidates[0] if isinstance(candidates, list) and candidates else None
        if not isinstance(first, Mapping):
            raise describe_missing_answer(data, "generated content", self._http.clean_text)
        return first


def _join_texts(parts: Iterable[Mapping[str, Any]]) -> str:
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _has_thought(usage: object) -> bool:
    count = usage.get("thoughtsTokenCount") if isinstance(usage, Mapping) else None
    return isinstance(count, int) and count > 0


def _ask_for_json(prompt: Prompt, how: str, parts: list[dict[str, str]], config: dict[str, Any]) -> None:
    """Ask for structured output; where the schema cannot be sent as one it stands behind the question."""
    schema = convert_schema(prompt.schema or {})
    if how != LEFT_OUT:
        config["responseMimeType"] = "application/json"
    if schema and not how:
        config["responseSchema"] = schema
    else:
        parts.append({"text": f"\n\n{write_schema_note(prompt)}"})


def _write_parts(message: PromptMessage) -> list[dict[str, str]]:
    last = len(message.parts) - 1
    return [{"text": whole_text(part) + ("\n\n" if index < last else "")} for index, part in enumerate(message.parts)]


def _read_usage(data: object) -> Usage | None:
    """Read the usage: thoughts are paid for like the answer, and counted beside it."""
    if not isinstance(data, Mapping):
        return None
    # A count that is nought is left out.
    answered = add_usage(data.get("candidatesTokenCount") or 0, data.get("thoughtsTokenCount") or 0)
    asked = add_usage(data.get("promptTokenCount") or 0, data.get("toolUsePromptTokenCount") or 0)
    return read_usage(asked, answered, data.get("cachedContentTokenCount"), 0, data.get("totalTokenCount"))
