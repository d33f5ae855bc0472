"""What an error of a provider means for the call, and for the calls after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from multivon_eval.sdk import AnswerWithheld, JudgeError, JudgeUnavailable, JudgeUnusable

from .hints import find_hint
from .provider_error import ProviderError, read_provider_error

_PASSING = {408, 409, 425, 429}
_OVERLOADED = {429, 529}
_REFUSED = {400, 404, 422}
# Said with 429 too, and no pause brings the money.
_NO_MONEY = {
    *("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "credit_balance_too_low"),
    *("quota_exhausted", "insufficient_balance", "payment_required"),
}
_NO_KEY = {"invalid_api_key", "api_key_invalid", "authentication_error", "permission_error"}
_NO_MODEL = {"model_not_found", "not_found_error", "model_decommissioned", "model_not_available"}
_FILTERED = {"content_filter", "content_policy_violation", "responsibleaipolicyviolation", "invalid_prompt"}
_LIMITED = {"rate_limit_exceeded", "rate_limit_error", "resource_exhausted", "too_many_requests"}
_BUSY = {"overloaded_error", "overloaded", "unavailable", "server_error", "api_error", "internal_error", "timeout"}
_UNUSABLE = re.compile(
    r"credit balance is too low|api[ _]key (?:not|is not|isn't) valid|location is not supported", re.IGNORECASE
)
_MODERATED = re.compile(r"\bmoderation\b|\bflagged\b", re.IGNORECASE)


class RequestRefused(JudgeError):
    """The server refused a request as it stands (400, 404, 422).

    Attributes:
        status: The HTTP status.
        body: What the server said, without secrets.
        told: The same, read.
        final: What is raised where there is no other way to ask.
    """

    def __init__(self, message: str, status: int, body: str, final: JudgeError | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self.told: ProviderError = read_provider_error(body)
        self.final: JudgeError = final or JudgeError(message)
        self.args = (message, status, body, self.final)


def make_failure(status: int, message: str, body: str, headers: Mapping[str, str], charged: bool = False) -> JudgeError:
    """Make the error of an answer that is none.

    Args:
        status: The HTTP status, or the one that the body states.
        message: What happened, without secrets.
        body: What the server said, without secrets.
        headers: The answer's.
        charged: Whether an error that often passes may be charged.
    """
    told = read_provider_error(body)
    if told.codes & _NO_MONEY or _UNUSABLE.search(told.message):
        return JudgeUnusable(message)
    if told.codes & _FILTERED or (status == 403 and _MODERATED.search(told.message)):
        return AnswerWithheld(f"a filter of the provider withheld the answer: {message}")
    if status in _PASSING or status >= 500:
        return JudgeUnavailable(message, charged, find_hint(headers, body), overloaded=status in _OVERLOADED)
    stays = told.codes & (_NO_KEY | _NO_MODEL) or status in (401, 402, 403, 404)
    final = JudgeUnusable(message) if stays else JudgeError(message)
    return RequestRefused(message, status, body, final) if status in _REFUSED else final


def find_failure(data: Mapping[str, Any]) -> tuple[int, object] | None:
    """Find the error in an answer whose status says that there is none.

    Args:
        data: The answer's JSON.

    Returns:
        The status that fits it, 0 where it says none, and the error; None where there is an answer.
    """
    error = data.get("error")
    if not error or data.get("choices") or data.get("content") or data.get("candidates"):
        return None
    code = error.get("code") if isinstance(error, Mapping) else None
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    if isinstance(code, int) and 400 <= code <= 599:
        return code, error
    codes = read_provider_error({"error": error}).codes
    if codes & _LIMITED:
        return 429, error
    if codes & _BUSY:
        return 503, error
    return (401 if codes & _NO_KEY else 404 if codes & _NO_MODEL else 402 if codes & _NO_MONEY else 0), error
