"""What the judges of all providers share: their options, and the protocol's methods.

A provider's judge states its address, its key and its own options, and writes, sends and reads one request
(:class:`Wire`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import attrs
import httpx

from multivon_eval.sdk import Answer, Prices, Question, UsageError

from .asking import Asking, Wire
from .json_http import JsonHttp
from .options import (
    COUNT,
    NO_OPTION,
    SECONDS,
    Key,
    is_amount,
    is_client,
    is_extra_body,
    is_header_table,
    is_url,
    read_headers,
)
from .refusable import Refusable
from .tariff import Tariff, find_tariff


@attrs.define
class ProviderJudge(Wire):
    """Asks a provider's model.

    A subclass makes its :class:`Asking` in ``make_asking``. The options are documented by each subclass.
    """

    model: str
    base_url: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_url))
    api_key_env: str | None = None
    temperature: float | None = attrs.field(default=None, validator=is_amount)
    max_tokens: int | None = attrs.field(default=None, validator=COUNT)
    timeout: float | None = attrs.field(default=None, validator=SECONDS)
    price_in: float | None = attrs.field(default=None, validator=is_amount)
    price_out: float | None = attrs.field(default=None, validator=is_amount)
    price_cached: float | None = attrs.field(default=None, validator=is_amount)
    _asking: Asking = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        self._asking = self.make_asking()

    def make_asking(self) -> Asking:
        """Make what asks the model: its prices, what it may refuse, temperature and the most tokens of an answer.

        Raises:
            ValueError: If an option does not fit the others.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method 'make_asking'")

    def prices(self) -> Prices | None:
        """Return the prices, or None where they are not known."""
        return self._asking.prices

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Return an upper bound of the cost of one request, in USD; None where the prices are not known."""
        return self._asking.worst_cost(question)

    async def complete(self, question: Question[Any]) -> Answer:
        """Ask once; what the model refuses to take is left out or sent in another way.

        Raises:
            JudgeUnavailable: If the call failed and is worth repeating.
            JudgeError: If the call failed and repeating it would not help.
        """
        return await self._asking.complete(question, self)


def keep_places(_: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Leave an option in its place that a subclass gives a default of its own; attrs would put it last."""
    shared: list[str] = [field.name for field in attrs.fields(ProviderJudge)]

    def find_place(field: attrs.Attribute[Any]) -> int:
        if field.name in shared:
            return shared.index(field.name)
        return len(shared) + (field.name in _LAST)

    return sorted(fields, key=find_place)


_LAST = ("extra_body", "headers_env", "client")


@attrs.define(field_transformer=keep_places)
class HttpJudge(ProviderJudge):
    """Asks a provider's model over HTTP.

    A subclass gives ``base_url`` and ``api_key_env`` their defaults, and says in ``write_body``, ``send``, ``read`` and
    ``read_usage`` how a prompt becomes a request and a reply an answer. Decorate it with
    ``@attrs.define(field_transformer=keep_places)``, so that the model stays its first field.

    Attributes:
        NAME: The judge as its SPEC names it.
        MODELS: The path of the list of models, which costs nothing to ask for.
        KEY_HEADER: The header that carries the key.
        KEY_SCHEME: What stands before the key in it.
        HEADERS: Headers that go with every request.
        REFUSABLE: What a model may refuse, in the order in which a refusal is held against them.
    """

    NAME: ClassVar[str]
    MODELS: ClassVar[str] = "models"
    KEY_HEADER: ClassVar[str] = "Authorization"
    KEY_SCHEME: ClassVar[str] = "Bearer "
    HEADERS: ClassVar[Mapping[str, str]] = {}
    REFUSABLE: ClassVar[tuple[Refusable, ...]] = ()

    base_url: str = attrs.field(default="", validator=is_url)
    api_key_env: str = ""
    extra_body: Mapping[str, Any] = attrs.field(factory=dict, kw_only=True, validator=is_extra_body)
    headers_env: Mapping[str, str] = attrs.field(factory=dict, kw_only=True, validator=is_header_table)
    client: httpx.AsyncClient | None = attrs.field(
        default=None, kw_only=True, validator=is_client, repr=False, eq=False, metadata=NO_OPTION
    )
    _key: Key = attrs.field(init=False, repr=False, eq=False)
    _http: JsonHttp = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self._connect()

    def make_asking(self) -> Asking:
        """Make what asks the model: its prices, what it may refuse, temperature and the most tokens of an answer."""
        return Asking(self.find_tariff(self.model), self.REFUSABLE, self.temperature, self.max_tokens)

    @property
    def http(self) -> JsonHttp:
        """What sends JSON to ``base_url`` with the key: ``await self.http.post("path", body)``."""
        return self._http

    async def check(self) -> None:
        """Check that there is a key where one is needed, and that the endpoint answers and takes it.

        Raises:
            UsageError: If the endpoint does not answer, or the key is missing or refused.
        """
        # At another address than the provider's own there may be a server that asks for no key.
        provider: Any = attrs.fields_dict(type(self))["base_url"].default
        is_needed = self.base_url.rstrip("/") == provider and not self.headers_env
        self._key.check(f"{self.NAME}:{self.model}", is_needed)
        _, missing = read_headers(self.headers_env)
        if missing:
            named = f"{self.NAME}:{self.model}"
            raise UsageError(
                f"judge {named!r} cannot send its headers: {', '.join(missing)} is not set, or holds what no header "
                "can carry; set it, or name another variable in headers_env"
            )
        await self._http.check(self.MODELS)

    async def aclose(self) -> None:
        """Close the connections, unless the client was handed in."""
        await self._http.aclose()

    def find_tariff(self, model: str, price_cache_write: float | None = None) -> Tariff | None:
        """Find what tokens cost: what the SPEC states, else what genai-prices knows of a model at ``base_url``.

        Args:
            model: The model's name without what stands around it.
            price_cache_write: USD per million prompt tokens that are written to a cache, where that costs extra.
        """
        stated = (self.price_in, self.price_out, self.price_cached, price_cache_write)
        return find_tariff(stated, model, base_url=self.base_url)

    def _connect(self) -> None:
        self._key = Key.of(self.api_key_env)
        with_key = {self.KEY_HEADER: f"{self.KEY_SCHEME}{self._key.value}"} if self._key.value else {}
        own, _ = read_headers(self.headers_env)
        secrets = (self._key.value, *own.values())
        sent = httpx.Headers({**self.HEADERS, **with_key})
        sent.update(own)
        self._http = JsonHttp(self.base_url, sent, secrets, self.timeout, self.client)
        self._asking.extra = self.extra_body
