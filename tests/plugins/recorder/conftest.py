import json
from pathlib import Path

import pytest

from multivon_eval import record_prompts
from support.sdk_server import SdkServer

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def server():
    """A server that answers all SDKs."""
    with SdkServer() as running:
        yield running


@pytest.fixture
def out(tmp_path):
    """Where the recordings will lie."""
    return tmp_path / "prompt_recordings.jsonl"


@pytest.fixture
def recording(out):
    """A recording, not yet begun, of the code of these tests, with texts."""
    return record_prompts(HERE, out, record_text=True)


@pytest.fixture
def rows(out):
    """What lies in the file."""

    def read(**wanted):
        found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        return [row for row in found if all(row.get(key) == value for key, value in wanted.items())]

    return read


@pytest.fixture
def seen(rows):
    """What was recorded, as (function, SDK, role, text or kind) and how often."""

    def read():
        found = {}
        for row in rows():
            what = row.get("text", row.get("not_captured"))
            found[row["site"] and row["site"]["qualname"], row["sdk"], row["role"], what] = row["count"]
        return found

    return read
