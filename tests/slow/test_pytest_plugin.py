"""``pytest --record-prompts``, in real sessions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import clean_env
from support.sdk_server import SdkServer

TESTS = Path(__file__).resolve().parents[1]
BOT = """
import openai


def answer(url, text):
    with openai.OpenAI(base_url=f"{url}/v1", api_key="k") as client:
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
        return client.chat.completions.create(model="m", messages=messages)


async def answer_later(url, text):
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k") as client:
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
        return await client.chat.completions.create(model="m", messages=messages)
"""
TEST_BOT = """
import pytest

from bot import answer, answer_later


@pytest.mark.parametrize("number", range(8))
def test_plain(url, number):
    answer(url, f"Number {number}?")


@pytest.mark.asyncio
async def test_asyncio(url):
    await answer_later(url, "Hello?")


@pytest.mark.anyio
async def test_anyio(url):
    await answer_later(url, "Hello?")


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""
CONFTEST = "import os\nimport pytest\n\n\n@pytest.fixture\ndef url():\n    return os.environ['SDK_SERVER']\n"
INI = "[pytest]\npythonpath = .\nasyncio_default_fixture_loop_scope = function\n"
FILES = {"bot.py": BOT, "tests/test_bot.py": TEST_BOT, "tests/conftest.py": CONFTEST, "pytest.ini": INI}


@pytest.fixture(scope="module")
def server():
    """A server that answers all SDKs."""
    with SdkServer() as running:
        yield running


# Plug-ins of pytest that nobody asks for here, and that take longer to import than a session takes.
OTHERS = ("-p", "no:hypothesispytest", "-p", "no:langsmith_plugin", "-p", "no:faker")


@pytest.fixture
def project(tmp_path, server):
    """A project with a bot and its tests; gives a function that runs pytest in it."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*args, code=0, cwd="."):
        env = clean_env({"SDK_SERVER": server.url, "PYTHONPATH": str(TESTS)})
        env = {key: value for key, value in env.items() if not key.startswith("PYTEST_")}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *OTHERS, *args]
        done = subprocess.run(command, cwd=tmp_path / cwd, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    run.folder = tmp_path
    return run


def rows(path):
    """The recordings of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def system(path):
    """The cases in which the system prompt was rendered, of all sites together."""
    return {case: n for row in rows(path) if row["role"] == "system" for case, n in row["case_uids"].items()}


CASES = {f"tests/test_bot.py::test_plain[{number}]": 1 for number in range(8)}
CASES |= {"tests/test_bot.py::test_asyncio": 1, "tests/test_bot.py::test_anyio": 1}


@pytest.mark.process
@pytest.mark.parametrize("how", [(), ("-n", "4")], ids=["alone", "xdist"])
def test_each_test_is_a_case(project, how):
    """Synchronous tests, pytest-asyncio's and anyio's: each is a case of its own, and four workers lose nothing."""
    told = project("--record-prompts", *how)
    out = project.folder / "prompt_recordings.jsonl"
    assert system(out) == CASES
    assert {row["site"]["file"] for row in rows(out)} == {"bot.py"} and all("text" not in row for row in rows(out))
    lines = [line for line in told.splitlines() if "recorded prompts" in line]
    assert lines == [
        "recorded prompts: 10 calls with 20 texts; prompt_recordings.jsonl holds 11 recordings of 2 call sites"
    ]


@pytest.mark.process
def test_the_options(project):
    """Another file, below the folder in which pytest was called; texts; either implies --record-prompts."""
    project("--record-prompts-out", "mine.jsonl", "--record-text", "test_bot.py::test_plain[3]", cwd="tests")
    found = rows(project.folder / "tests" / "mine.jsonl")
    assert [row["text"] for row in found] == ["Be brief.", "Number 3?"]
    # The call site is told from the root of the project, which pytest's configuration says.
    assert {row["site"]["file"] for row in found} == {"bot.py"}


@pytest.mark.unmeasured
@pytest.mark.process
def test_without_a_configuration_file(project):
    """Where no file says what the root is, it is the folder in which pytest was called."""
    (project.folder / "pytest.ini").unlink()
    project("--record-prompts", "-p", "no:asyncio", "-o", "pythonpath=.", "-k", "plain", "tests")
    assert {row["site"]["file"] for row in rows(project.folder / "prompt_recordings.jsonl")} == {"bot.py"}


@pytest.mark.process
def test_asked_wrongly(project):
    """A file that cannot be written is refused before any test runs."""
    told = project("--record-prompts-out", "missing/r.jsonl", code=4)
    assert "ERROR: " in told and "missing/r.jsonl cannot be written" in told and "passed" not in told


@pytest.mark.process
def test_a_worker_that_breaks_off(project):
    """Where a worker dies, the line says that what it recorded is lost."""
    crash = "\n\ndef test_crash():\n    import os\n    os._exit(3)\n"
    (project.folder / "tests" / "test_bot.py").write_text(TEST_BOT + crash, encoding="utf-8")
    told = project("--record-prompts", "-n", "1", "--max-worker-restart=0", code=1)
    assert "worker gw0 broke off, and what it recorded is lost" in told


ALLOWED = {"multivon_eval_plugins", "multivon_eval_plugins.recorder", "multivon_eval_plugins.recorder.pytest_plugin"}


@pytest.mark.process
def test_without_the_option_only_the_standard_library():
    """Loaded at every start of pytest, it imports nothing but the standard library and itself."""
    plugin = "multivon_eval_plugins.recorder.pytest_plugin"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import site, {plugin}"], capture_output=True, text=True, check=True
    )
    told = done.stderr.splitlines()
    start = next(index for index, line in enumerate(told) if line.rpartition("|")[2].strip() == "site")
    imported = [line.rpartition("|")[2].strip() for line in told[start + 1 :]]
    assert {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names} == ALLOWED


@pytest.mark.unmeasured
@pytest.mark.process
def test_without_the_option_pytest_imports_nothing_more(project):
    """A session without the option imports what one without the plug-in does, and the plug-in; it writes nothing."""
    shows = "\n\ndef pytest_unconfigure():\n    import sys\n    print('modules:', *sys.modules)\n"
    (project.folder / "tests" / "conftest.py").write_text(CONFTEST + shows, encoding="utf-8")
    found = []
    for without in ((), ("-p", "no:multivon-eval-recorder")):
        told = project("--collect-only", "-p", "no:multivon-eval-simulate", *without)
        assert "recorded" not in told
        (line,) = (line for line in told.splitlines() if line.startswith("modules:"))
        found.append(set(line.split()))
    assert found[0] - found[1] == ALLOWED
    assert not [name for name in os.listdir(project.folder) if "recordings" in name]
