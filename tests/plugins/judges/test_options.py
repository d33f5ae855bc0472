"""The options of the judges behind a provider: which they share, and in which order they stand."""

from __future__ import annotations

import inspect
import re

import httpx
import pytest

from multivon_eval import UsageError
from multivon_eval._plugins.build import build, list_option_fields, load_class
from multivon_eval._plugins.kinds import JUDGE
from multivon_eval._plugins.registry import Registry

SHARED = ["model", "base_url", "api_key_env", "temperature", "max_tokens", "timeout"]
SHARED += ["price_in", "price_out", "price_cached"]
OVER_HTTP = ["extra_body", "headers_env"]
OWN = {
    "anthropic": ["price_cache_write", "thinking", *OVER_HTTP],
    "gemini": ["thinking", *OVER_HTTP],
    "litellm": [],
    "openai": ["reasoning_effort", *OVER_HTTP],
}


def list_options(name):
    """The options of a judge, in the order in which ``plugins NAME`` lists them."""
    cls = load_class(Registry().find(JUDGE, name))
    return cls, [field.name for field in list_option_fields(cls) if field.init]


@pytest.mark.parametrize("name", OWN)
def test_shared_options_stand_first(name):
    """Also those that a judge gives a default of its own; what is given without a name is the model."""
    assert list_options(name)[1] == [*SHARED, *OWN[name]]
    assert build(JUDGE, f"{name}:openai/some-model,price_in=1,price_out=2", Registry()).plugin.model == (
        "openai/some-model"
    )


@pytest.mark.parametrize("name", OWN)
def test_each_option_is_documented_by_its_judge(name):
    """In the order in which they are listed, with none that is not there."""
    cls, options = list_options(name)
    attributes = inspect.getdoc(cls).partition("Attributes:")[2]
    documented = re.findall(r"^    (\w+): ", attributes, re.MULTILINE)
    assert [option for option in documented if option != "client"] == options


@pytest.mark.parametrize("name", ["anthropic", "gemini", "openai"])
def test_a_client_of_another_kind_is_refused(name):
    """A synchronous client would fail at the first call, when personas may be paid for."""
    with httpx.Client() as client, pytest.raises(UsageError, match=r"client is Client; give an httpx\.AsyncClient"):
        build(JUDGE, {"use": f"{name}:m", "client": client}, Registry())
