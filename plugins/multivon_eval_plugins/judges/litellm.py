"""The judge that asks through the package litellm, which knows how some hundred providers are asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from multivon_eval.sdk import (
    AnswerWithheld,
    JudgeError,
    JudgeUnavailable,
    Prompt,
    Usage,
    UsageError,
    format_install_command,
)

from ..provider.asking import Asking
from ..provider.chat import REFUSABLE, read_chat_answer, read_chat_usage, write_chat_body
from ..provider.failures import make_failure
from ..provider.http_judge import ProviderJudge
from ..provider.json_http import JsonHttp
from ..provider.options import Key
from ..provider.reading import Reading
from ..provider.tariff import find_tariff

# What litellm calls a provider, where genai-prices calls it otherwise.
_PROVIDERS = {"gemini": "google", "together_ai": "together", "fireworks_ai": "fireworks", "xai": "x-ai"}
_SAME = {"anthropic", "avian", "cohere", "deepseek", "groq", "mistral", "novita", "openai", "openrouter", "perplexity"}


@attrs.define
class LiteLLM(ProviderJudge):
    """Asks a model of any provider that litellm knows; it comes with the extra ``litellm``.

    litellm's own repetitions are off: the run repeats what often passes, and reserves each repetition. A model that
    refuses structured output, or another parameter, is asked again without it once; what was left out is remembered
    for the run and noted in the results. Connections are litellm's own, which keeps them for its other callers too.

    Attributes:
        model: The model as litellm names it, ``groq/llama-3.3-70b-versatile`` say.
        base_url: The endpoint, where it is not the provider's own.
        api_key_env: The variable that holds the key; if not given, the one that litellm looks into.
        temperature: For all questions; if not given, 0 to judge and 1 to play a persona.
        max_tokens: The most completion tokens of an answer; if not given, what the question needs.
        timeout: Seconds for one request; the run's timeout holds beside it.
        price_in: USD per million prompt tokens, where genai-prices does not know them.
        price_out: USD per million completion tokens.
        price_cached: USD per million cached prompt tokens; ``price_in`` if not given.

    Source: litellm, completion (https://docs.litellm.ai/docs/completion/input).
    """

    _key: Key | None = attrs.field(init=False, repr=False, eq=False)
    _told: JsonHttp = attrs.field(init=False, repr=False, eq=False)
    _litellm: Any = attrs.field(init=False, repr=False, eq=False, default=None)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self._key = Key.of(self.api_key_env) if self.api_key_env else None
        secrets = {value for name, value in os.environ.items() if name.endswith(("_API_KEY", "_TOKEN", "_SECRET"))}
        self._told = JsonHttp("litellm", {}, (self._key.value if self._key else "", *sorted(secrets)))

    def make_asking(self) -> Asking:
        """Make what asks the model: its prices, what it may refuse, temperature and the most tokens of an answer."""
        provider, _, name = self.model.partition("/")
        known = _PROVIDERS.get(provider, provider if provider in _SAME else None)
        stated = (self.price_in, self.price_out, self.price_cached)
        # At another endpoint a model's name says nothing of its price.
        prices = find_tariff(stated, name, provider=known if known and self.base_url is None else "unknown")
        return Asking(prices, REFUSABLE, self.temperature, self.max_tokens)

    async def check(self) -> None:
        """Check that litellm is installed, knows the provider, and finds its key. No request is made.

        Raises:
            UsageError: If litellm is not installed, does not know the provider, or finds no key.
        """
        named = f"litellm:{self.model}"
        try:
            litellm = await asyncio.to_thread(self._import_package)
        except ImportError as error:
            how = format_install_command("litellm")
            raise UsageError(f"judge {named!r} needs the package litellm ({error}); run: {how}") from None
        try:
            litellm.get_llm_provider(self.model, api_base=self.base_url)
        except Exception as error:
            raise UsageError(
                f"judge {named!r} is of no provider that litellm knows ({self._said(error)}); "
                "name it as PROVIDER/MODEL, 'groq/llama-3.3-70b-versatile' say"
            ) from None
        if self._key:
            self._key.check(named, is_needed=True)
        elif self.base_url is None and (missing := litellm.validate_environment(self.model)["missing_keys"]):
            raise UsageError(
                f"judge {named!r} has no key: not set: {', '.join(missing)}; set what is named, or "
                "name another variable with ',api_key_env=NAME'"
            )

    def _import_package(self) -> Any:
        # Imported here: it takes seconds, and is an extra.
        if self._litellm is None:
            with _without_network():
                import litellm
            litellm.suppress_debug_info = True  # it prints to the screen otherwise
            self._litellm = litellm
        return self._litellm

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request for a prompt."""
        return write_chat_body(self.model, prompt, left_out)

    async def send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one request."""
        litellm = self._import_package()
        options: dict[str, Any] = {"num_retries": 0, "max_retries": 0, "timeout": self.timeout}
        if self.base_url is not None:
            options["base_url"] = self.base_url
        if self._key:
            options["api_key"] = self._key.value
        try:
            reply = await litellm.acompletion(**body, **options)
        except Exception as error:
            raise self._convert_error(error) from None
        data: dict[str, Any] = reply.model_dump()
        return data

    def read(self, data: Mapping[str, Any]) -> Reading:
        """Read the answer."""
        choices = data.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            # Before 1.110 litellm kept a refusal with what it has no field for.
            message, kept = choice["message"], choice["message"].get("provider_specific_fields")
            if not message.get("refusal") and isinstance(kept, Mapping):
                message["refusal"] = kept.get("refusal")
        return read_chat_answer(data, self.model, self._told)

    def read_usage(self, data: Mapping[str, Any]) -> Usage | None:
        """Read the tokens that a reply took."""
        return read_chat_usage(data)

    def _convert_error(self, error: Exception) -> JudgeError:
        """What litellm raised, in the words of the SDK."""
        litellm, message = self._litellm, f"litellm could not ask {self.model}: {self._said(error)}"
        status, headers = getattr(error, "status_code", None), getattr(error, "litellm_response_headers", None)
        if isinstance(error, litellm.exceptions.ContentPolicyViolationError):
            return AnswerWithheld(message)
        if not isinstance(status, int):
            return JudgeError(message, True)
        failure = make_failure(status, message, self._told.clean_text(str(error), 20_000), headers or {})
        # litellm makes up a status where no answer came. Then the request may have been on its way, and whether it
        # is charged for nobody knows.
        if isinstance(failure, JudgeUnavailable) and not headers:
            return JudgeUnavailable(message, True, failure.retry_after, failure.overloaded)
        return failure

    def _said(self, error: Exception) -> str:
        return self._told.clean_text(f"{type(error).__name__} {error}".strip())


@contextlib.contextmanager
def _without_network() -> Iterator[None]:
    """Keep litellm from fetching a list of prices while it is imported, and leave the environment as it was."""
    name = "LITELLM_LOCAL_MODEL_COST_MAP"
    had = os.environ.get(name)
    os.environ[name] = had or "True"
    try:
        yield
    finally:
        if had is None:
            del os.environ[name]
