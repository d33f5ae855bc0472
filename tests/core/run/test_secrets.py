"""Keys reach neither results nor screen, wherever they were said."""

import base64
import json
import logging
from urllib.parse import quote

import attrs
import pytest

from multivon_eval import Reply, ToolCall, result_to_json, simulate
from multivon_eval._cli.main import run
from multivon_eval.sdk import RunContext, hide_secrets
from multivon_eval_plugins.recorder.capture import Part
from multivon_eval_plugins.recorder.tally import Tally
from support.command import workplace
from support.people import SaysJudge, Talks, answers, persona

KEY = "9f8e7d6c/5b4a+3210=abcdef"
FORMS = {
    "as it is": KEY,
    "in a URL": f"https://example.com/v1?key={KEY}&alt=json",
    "URL-encoded": quote(KEY, safe=""),
    "in base64": base64.b64encode(f"{KEY}".encode()).decode(),
    "in base64 with a user": base64.b64encode(f"{KEY}:x".encode()).decode(),
}


@pytest.fixture(autouse=True)
def set_key(monkeypatch):
    """A secret in the environment, under a name of anybody's."""
    monkeypatch.setenv("SHOP_API_KEY", KEY)


def lacks_key(text):
    """Whether no form of the key stands in a text, nor the half of it."""
    return not any(form in text for form in (KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode()[:28]))


@pytest.mark.parametrize("said", FORMS.values(), ids=FORMS)
def test_key_in_an_exception_of_the_system_is_hidden(said):
    """``httpx`` prints the URL with the key in it, say."""

    def model_fn(prompt):
        raise RuntimeError(f"Client error for {said}")

    (result,) = simulate(model_fn, [persona()], judge=SaysJudge(), driver=Talks(), hooks=())
    assert result.conversation.error.message.startswith("model_fn raised RuntimeError: Client error")
    assert lacks_key(json.dumps(result_to_json(result)))


def test_key_in_an_import_error_is_hidden(tmp_path, monkeypatch, capsys):
    """The traceback of the model file is shown without it."""
    workplace(tmp_path, model="import os\nraise RuntimeError('refused: ' + os.environ['SHOP_API_KEY'])\n")
    monkeypatch.chdir(tmp_path)
    assert run(["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl"]) == 2
    said = capsys.readouterr().err
    assert "RuntimeError: refused: ***" in said
    assert lacks_key(said)


@attrs.frozen
class Keyed(SaysJudge):
    """A judge that was given its key, and says nothing of it being one."""

    api_key: str = ""
    region: str = "eu"
    client: object = attrs.field(factory=object, metadata={"option": False})


def test_instance_is_stored_by_its_options_without_secrets():
    """What is no option, and what its name calls a secret, stands in no result."""
    (result,) = simulate(answers, [persona()], judge=Keyed(api_key="abcdefgh12345"), driver=Talks(), hooks=())
    (use,) = [use for use in result.provenance.plugins if use.kind == "judge"]
    assert "api_key=***" in use.spec
    assert "region='eu'" in use.spec
    assert "client" not in use.spec
    assert "abcdefgh12345" not in json.dumps(result_to_json(result))


KEYS = [
    "sk-abcdefghijklmnopqrstuvwx",
    "AIzaSyA0123456789abcdefghij",
    "xai-abcdefghijklmnopqrst",
    "gsk_abcdefghijklmnopqrstu",
    "ghp_abcdefghijklmnopqrstu",
    "AKIAABCDEFGHIJKLMNOP",
    "Bearer abcdefgh.ijkl",
]


@pytest.mark.parametrize("key", KEYS)
def test_what_looks_like_a_key_is_hidden(key):
    """Also where nobody named it."""
    assert hide_secrets(f"refused: {key}!") in ("refused: ***!", "refused: Bearer ***!")


@pytest.mark.parametrize(
    "text", ["the key of success", "a token of thanks", "key=value", "task-oriented-dialogue-system"]
)
def test_words_are_kept(text):
    """Not everything that begins like a key is one."""
    assert hide_secrets(text) == text


def test_key_that_a_system_says_is_hidden():
    """In its words, in what it called a tool with, in what came back and in its notes; the names are kept."""
    call = ToolCall("fetch", {"headers": {"X-Key": KEY}}, [f"with {KEY}", {KEY: 1}])
    reply = Reply(f"I asked with {KEY}.", [call], metadata={"url": f"http://h/?k={quote(KEY, safe='')}"})
    (result,) = simulate(lambda prompt: reply, [persona()], judge=SaysJudge(), driver=Talks(), hooks=())
    stored = json.dumps(result_to_json(result))
    assert lacks_key(stored)
    assert '"X-Key": "***"' in stored
    assert "I asked with ***." in result.transcript[1].content


def test_word_that_is_somebodys_key_stands_in_a_reply(monkeypatch):
    """Sixteen characters are no word; fewer may be."""
    monkeypatch.setenv("STAGE_KEY", "production")
    (result,) = simulate(lambda prompt: "In production.", [persona()], judge=SaysJudge(), driver=Talks(), hooks=())
    assert result.transcript[1].content == "In production."


class Leaks:
    """A sink that fails with the key."""

    async def open(self, run):
        """Do nothing."""

    async def write(self, result):
        """Fail."""
        raise RuntimeError(f"refused: {KEY}")

    async def close(self, report):
        """Do nothing."""


def test_key_in_a_log_is_hidden(caplog):
    """Of a host that writes our records to a file, tracebacks included."""
    simulate(answers, [persona()], judge=SaysJudge(), driver=Talks(), sinks=[Leaks()], hooks=())
    (record,) = [one for one in caplog.records if one.name == "multivon_eval.delivery"]
    written = logging.Formatter().format(record)
    assert "RuntimeError: refused: ***" in written
    assert "Traceback" in written
    assert lacks_key(written)


def test_key_in_a_plugins_note_is_hidden(caplog):
    """What a plug-in logs with the logger it is given."""
    RunContext(SaysJudge(), None).log.warning("asked with %s", KEY)
    assert caplog.messages == ["asked with ***"]


def test_key_in_a_recorded_text_is_hidden(tmp_path):
    """A prompt is told from another by its fingerprint, and kept without the key."""
    tally = Tally(tmp_path, record_text=True)
    tally.add("openai", [Part("system", f"Use {KEY}.")], None)
    assert [row.text for row in tally.take()] == ["Use ***."]
