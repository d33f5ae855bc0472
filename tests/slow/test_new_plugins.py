"""The page on writing a plug-in, followed to the letter with the core's wheel in an environment of its own.

Every line of its shell blocks is run in their order; the plug-ins that come of it pass their tests and work together.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from multivon_eval_plugins.scaffolding.kinds import KINDS
from support.command import workplace
from support.fresh_environment import FreshEnvironment, make_environment

pytestmark = [pytest.mark.process, pytest.mark.slow]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how_to" / "write_a_plugin.md").read_text(encoding="utf-8")
LINES = "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)).splitlines()
BLOCKS = {
    language: re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for language in ("python", "toml")
}
NAMES = dict(re.findall(r"^multivon-eval plugins new (\S+) (\S+)$", "\n".join(LINES), re.MULTILINE))
"""The plug-ins of the page, by their kind."""
OTHERS = [name for kind, name in NAMES.items() if kind != "evaluator"]
PASSED = r"^=+ \d+ passed(, \d+ skipped)? in [^,]*$"
"""The last line of pytest where nothing failed and nothing was expected to."""
REPLY = "I guarantee it: Friday."
PEOPLE = "name,profile,goal,success_criteria\nAnn,A customer.,Find out when it arrives.,The assistant stated the day.\n"


def succeed(done: subprocess.CompletedProcess[str]) -> str:
    """What a script printed, which must have come to its end."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Followed:
    """What came of the page.

    Attributes:
        fresh: The environment.
        told: What the lines printed.
    """

    def __init__(self, fresh: FreshEnvironment) -> None:
        self.fresh = fresh
        self.told = succeed(fresh.run("\n".join(LINES)))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """Follow the page, then install the other plug-ins as it does the first one."""
    followed = Followed(make_environment(tmp_path_factory.mktemp("page")))
    succeed(followed.fresh.run("pip install " + " ".join(f"-e './{name}[test]'" for name in OTHERS)))
    return followed


def test_the_lines_do_what_the_page_says(page: Followed) -> None:
    """Tests pass, the plug-in is shown with its options, and the run has its score."""
    assert set(NAMES) == set(KINDS), "the page begins a plug-in of each kind"
    assert re.search(PASSED, page.told, re.MULTILINE)
    assert "acme_tone.evaluator:AcmeTone\n" in page.told
    assert "    threshold: float = 0.5\n" in page.told
    results = (page.fresh.folder / "acme-tone" / "results.jsonl").read_text(encoding="utf-8")
    assert {status for row in map(json.loads, results.splitlines()) for status in row["scores"]} == {"acme_tone"}
    version = succeed(page.fresh.run("python -c 'import multivon_eval; print(multivon_eval.__file__)'"))
    assert version.startswith(str(page.fresh.folder)), "the wheel is what was tried"


def test_what_the_page_shows_is_what_is_written(page: Followed) -> None:
    """Its Python blocks are files of the project, and its entry point stands in the project; one is for a command."""
    project = page.fresh.folder / "acme-tone"
    shown = [block for block in BLOCKS["python"] if "JudgeSession" not in block]
    written = [project / "src/acme_tone/evaluator.py", project / "tests/test_evaluator.py"]
    assert shown == [path.read_text(encoding="utf-8") for path in written]
    (points,) = (tomllib.loads(block)["project"]["entry-points"] for block in BLOCKS["toml"])
    made = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert points == made


def test_the_command_that_asks_a_judge_asks_it(page: Followed, tmp_path: Path) -> None:
    """The last block of the page is a function that can be awaited; the offline judge has nothing to say to it."""
    (block,) = (block for block in BLOCKS["python"] if "JudgeSession" in block)
    assert ast.parse(block)
    program = f"{block}\n\nimport asyncio\nfrom multivon_eval.sdk import JudgeError\n\n"
    program += "try:\n    print(asyncio.run(say('Hello?')))\nexcept JudgeError as error:\n    print('asked:', error)\n"
    (tmp_path / "say.py").write_text(program, encoding="utf-8")
    assert succeed(page.fresh.run("python -W error say.py", tmp_path)).startswith("asked: ")


def test_each_passes_its_own_tests(page: Followed) -> None:
    """No test fails; one is skipped only where it is about something that such a plug-in has not."""
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda name: succeed(page.fresh.run("pytest", page.fresh.folder / name)), OTHERS))
    assert all(re.search(PASSED, text, re.MULTILINE) for text in told), told
    skips = [reason for text in told for reason in re.findall(r"^SKIPPED \[\d+\] [^ ]*: (.*)$", text, re.MULTILINE)]
    assert [
        reason for reason in skips if not re.match("it has no|it waits for nothing|no conversation is known", reason)
    ] == []


def test_the_host_finds_nothing_wrong_with_them(page: Followed) -> None:
    """``plugins --check`` imports each and holds it against its protocol."""
    rows = json.loads(succeed(page.fresh.run("multivon-eval plugins --check --json")))
    ours = {row["name"]: row["error"] for row in rows if row["distribution"] in NAMES.values()}
    assert ours == dict.fromkeys(NAMES.values())
    assert not any("conflict" in row for row in rows)


class Endpoint(BaseHTTPRequestHandler):
    """Answers as the endpoint of the new judge does: with what fits the schema."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"text": json.dumps(fit(asked["schema"])), "input_tokens": 10, "output_tokens": 5}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def fit(schema: dict, name: str = "") -> object:
    """A value that fits a schema, as far as those of the core's questions go: yes to everything, with a quote."""
    if "enum" in schema:
        return "yes" if "yes" in schema["enum"] else schema["enum"][0]
    if schema["type"] == "object":
        return {name: fit(part, name) for name, part in schema["properties"].items()}
    if schema["type"] == "array":
        return [fit(schema["items"])] if name in ("criteria", "evidence") else []
    return 1 if schema["type"] == "integer" else REPLY if name == "quote" else "It is so."


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The URL of the judge's endpoint."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/answer"
    server.shutdown()
    server.server_close()


def test_they_make_a_run_together(page: Followed, tmp_path: Path, endpoint: str) -> None:
    """One run takes all of them, and each does its part."""
    workplace(tmp_path, f"def model_fn(prompt):\n    return {REPLY!r}\n")
    (tmp_path / "users.csv").write_text(PEOPLE, encoding="utf-8")
    args = [
        f"--model-cmd model.py --personas {NAMES['persona-source']}:users.csv --driver {NAMES['driver']},words=9",
        f"--judge {NAMES['judge']}:small,url={endpoint},price_in=0.1 --evaluator {NAMES['evaluator']},threshold=0.8",
        f"--observer {NAMES['observer']} --sink {NAMES['sink']}:results.txt --max-turns 2 --out results.jsonl --quiet",
        f"--executor {NAMES['executor']},workers=1",
    ]
    succeed(page.fresh.run(" ".join(["multivon-eval simulate", *args]), tmp_path))
    (row,) = map(json.loads, (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["persona"]["name"], row["turns"], row["goal_achieved"]) == ("Ann", 2, True)
    assert row["scores"] == {"acme_tone": 0.5}
    assert row["metadata"]["judge_model"] == "small" and row["cost_usd"] > 0
    assert [seen["name"] for seen in row["metadata"]["observations"]] == ["promise"] * 2
    assert {NAMES["hook"], NAMES["executor"]} <= {use["name"] for use in row["metadata"]["plugins"]}
    assert "Ann #1: goal achieved, max_turns, 2 turns" in (tmp_path / "results.txt").read_text(encoding="utf-8")
    told = succeed(page.fresh.run(f"multivon-eval {NAMES['command']} results.jsonl", tmp_path))
    assert "2 turns  max_turns  Ann" in told
