"""For judges behind an HTTP API: what the built-in ones share, open to anybody's.

A provider that speaks as OpenAI does takes four lines, :class:`ChatJudge`; any other says how a prompt becomes a
request and a reply an answer, :class:`HttpJudge`. Ceiling, prices, retries, parameters that a model refuses, keys,
proxies and connections are the same for all. What stands here is promised as :mod:`multivon_eval.sdk` is.
"""

from .asking import Asking
from .chat_judge import ChatJudge
from .failures import RequestRefused
from .http_judge import HttpJudge, keep_places
from .json_http import JsonHttp
from .options import is_url
from .reading import Reading, add_usage, describe_missing_answer, read_usage, write_schema_note
from .refusable import LEFT_OUT, Refusable
from .tariff import Tariff, find_tariff
from .transport import make_client

__all__ = [
    "LEFT_OUT",
    "Asking",
    "ChatJudge",
    "HttpJudge",
    "JsonHttp",
    "Reading",
    "Refusable",
    "RequestRefused",
    "Tariff",
    "add_usage",
    "describe_missing_answer",
    "find_tariff",
    "is_url",
    "keep_places",
    "make_client",
    "read_usage",
    "write_schema_note",
]
