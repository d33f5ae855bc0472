"""What is sent where: addresses with a query, tuned models, headers and bodies of one's own, models that think."""

from __future__ import annotations

import pytest

from multivon_eval import UsageError
from multivon_eval.errors import JudgeError, JudgeUnavailable
from multivon_eval.sdk import text_question
from multivon_eval_plugins.judges.gemini import Gemini
from multivon_eval_plugins.judges.openai import OPENAI, OpenAI
from support.chat_faults import Response
from support.chat_server import ChatServer
from support.openai_judge import KEY, PRICES, checked, completed, judge_for, questions, written
from support.provider_judges import PROVIDERS

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def test_a_query_stays_behind_the_path():
    """As Azure wants it for the version of its API."""
    with ChatServer() as server:
        judge = judge_for(server, base_url=f"{server.base_url}/?api-version=2024-10-21")
        completed(judge, questions()["text"])
        checked(judge)
    assert server.paths == [
        "/v1/chat/completions?api-version=2024-10-21",
        "/v1/models?api-version=2024-10-21",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:secret@host/v1",
        "https://host/v1?api_key=abcdefgh",
        "https://host/v1?key=abcdefgh",
        "https://host/v1?code=abcdefgh",
        "https://host/v1?x=sk-abcdefghijklmnopqrst",
    ],
)
def test_a_secret_in_an_address_is_refused(url):
    """With the remedy, and without showing it."""
    with pytest.raises(ValueError, match="api_key_env") as caught:
        OpenAI("m", url)
    assert "secret" not in str(caught.value).replace("a secret", "")
    assert "abcdefgh" not in str(caught.value)


def test_a_key_that_may_only_chat_is_taken():
    """A 403 on the list of models says nothing of the chat."""
    with ChatServer(dialect=_Models(403)) as server:
        checked(judge_for(server))
    assert server.checks == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_found_before_the_run(status):
    """Where to is said: a redirect would fail each call."""
    told = f"{status}, a redirect.*base_url=https://elsewhere/v1$"
    with ChatServer(dialect=_Models(status)) as server, pytest.raises(UsageError, match=told):
        checked(judge_for(server))


class _Models:
    """A server whose list of models is not there."""

    base_path = "/v1"
    refusable = ()

    def __init__(self, status):
        self.status = status

    def wanted(self, method, path):
        """Everything is the models."""
        return "models"

    def key(self, headers):
        """No key."""
        return ""

    def models(self):
        """Refused, or elsewhere."""
        return Response(status=self.status, headers={"Location": "https://elsewhere/v1/models?key=x"}, body={})

    def told(self, response):
        """As it is."""
        return response


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("gemini-x", "models/gemini-x"),
        ("models/gemini-x", "models/gemini-x"),
        ("tunedModels/mine-1", "tunedModels/mine-1"),
    ],
)
def test_a_tuned_model_has_its_own_collection(model, path):
    """It is no model of the house."""
    paths = []

    class Recording:
        async def post(self, path, body):
            paths.append(path)
            raise JudgeError("enough")

        async def aclose(self):
            pass

    judge = Gemini(model, price_in=1, price_out=1)
    judge._http = Recording()
    with pytest.raises(JudgeError, match="enough"):
        completed(judge, questions()["text"])
    assert paths == [f"v1beta/{path}:generateContent"]


def test_headers_and_body_of_ones_own_are_sent(monkeypatch):
    """A header's value comes from its variable and counts as a secret; the body's parts are paid for."""
    monkeypatch.setenv("TEAM_TOKEN", KEY)
    with ChatServer() as server:
        plain = judge_for(server)
        judge = judge_for(server, extra_body={"top_p": 0.5}, headers_env={"X-Team": "TEAM_TOKEN"})
        assert judge.worst_cost(questions()["verdict"]) > plain.worst_cost(questions()["verdict"])
        completed(judge, questions()["verdict"])
        checked(judge)
    assert server.requests[0]["top_p"] == 0.5
    assert server.headers[0]["x-team"] == KEY
    assert KEY not in repr(judge)


@pytest.mark.parametrize("name", [*PROVIDERS, "openai"])
def test_a_body_cannot_change_what_is_asked_or_paid(name):
    """The ceiling hangs on it."""
    judge = OpenAI if name == "openai" else PROVIDERS[name].judge
    for extra in ({"max_tokens": 5}, {"messages": []}, {"n": 3}, {"generationConfig": {"candidateCount": 2}}):
        with pytest.raises(ValueError, match="which the judge writes itself"):
            judge("m", extra_body=extra)


def test_a_header_whose_variable_is_missing_is_found_before_the_run():
    """And one that is no header, when the judge is made."""
    with ChatServer() as server, pytest.raises(UsageError, match="NO_SUCH_VARIABLE is not set"):
        checked(judge_for(server, headers_env={"X-Team": "NO_SUCH_VARIABLE"}))
    with pytest.raises(ValueError, match="the name of a header"):
        OpenAI("m", headers_env={"X Team": "A"})


@pytest.mark.parametrize(
    ("model", "effort", "more", "temperature"),
    [
        ("gpt-5-mini", None, 8192, None),
        ("o3", "low", 4096, None),
        ("openai/o4-mini", "high", 16384, None),
        ("gpt-5-chat-latest", None, 0, 0.0),
        ("gpt-6-luna", "none", 0, 0.0),
        ("gpt-4.1", None, 0, 0.0),
        ("qwen3", None, 0, 0.0),
    ],
)
def test_models_that_think_work_without_options(model, effort, more, temperature):
    """They get tokens to think with and no temperature, and at OpenAI the one name for both that all take."""
    judge = OpenAI(model, OPENAI, reasoning_effort=effort, **PRICES)
    question = questions()["verdict"]
    body = written(judge, question)
    assert body["max_completion_tokens"] == question.prompt.max_tokens + more
    assert "max_tokens" not in body
    assert body.get("temperature") == temperature


def test_a_model_that_turns_out_to_think_is_given_more():
    """Asked again as a call of its own, whose bound has grown; after two steps it is an error with the remedy."""
    thought = Response(
        "",
        finish_reason="length",
        usage={"prompt_tokens": 9, "completion_tokens": 9, **{}},
        message={"reasoning": "Hm"},
    )
    question = text_question("Why?", schema=SCHEMA)
    with ChatServer(lambda body: thought) as server:
        judge = judge_for(server)
        bounds = [judge.worst_cost(question)]
        for _ in range(2):
            with pytest.raises(JudgeUnavailable, match="asked again with") as caught:
                completed(judge, question)
            assert caught.value.charged
            bounds.append(judge.worst_cost(question))
        with pytest.raises(JudgeError, match="max_tokens=N"):
            completed(judge, question)
        with pytest.raises(JudgeError, match="max_tokens=N"):
            completed(judge_for(server, max_tokens=50), question)
    assert [body["max_tokens"] - 1024 for body in server.requests[:3]] == [0, 4096, 16384]
    assert bounds == sorted(set(bounds))
