"""Personas that come one after the other: looked at before anything is spent, and asked for again for the run."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator, Sequence

import attrs
import pytest

from multivon_eval import UsageError, asimulate, simulate, stream_simulations
from multivon_eval._cli.main import run
from multivon_eval._run.people import KEPT, SAMPLE, find_people, hold_people
from multivon_eval._run.personas import list_cases
from multivon_eval.sdk import Persona, PersonaError, RunContext, persona_to_json
from multivon_eval_plugins.personas.jsonl import JsonlPersonas
from support.people import SaysJudge, Talks, persona

MANY = KEPT + 200


def reply(messages):
    """A system under test."""
    return "The refund window is 30 days."


@attrs.define
class Streamed:
    """Gives personas of any number, none of which it holds."""

    count: int
    asked: list = attrs.field(factory=list)
    rename: dict = attrs.field(factory=dict)

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Give one after the other, in the second round perhaps others."""
        self.asked.append([])
        for number in range(self.count):
            name = self.rename.get((len(self.asked), number), f"p{number}")
            self.asked[-1].append(name)
            yield persona(name=name)

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give all of them, as the first round does."""
        return [persona(name=self.rename.get((1, number), f"p{number}")) for number in range(self.count)]


def find(source, **options):
    """Look at all personas of a source."""
    return asyncio.run(find_people(source, RunContext(SaysJudge()), 5.0, **options))


@pytest.mark.parametrize("count", [1, 7, KEPT, MANY])
def test_they_are_the_same_as_loaded(count):
    """Number, order, digest and cases are those of the personas that are held; few are held all the same."""
    streamed, held = find(Streamed(count)), find(Streamed(count), most_held=None)
    assert len(streamed) == len(held) == count
    assert list(streamed) == list(held) == list(streamed)
    assert streamed.digest == held.digest == hold_people(list(held)).digest
    assert list(list_cases(streamed, (1, 2))) == list(list_cases(held, (1, 2)))
    assert (streamed.held is None) == (count > KEPT)
    places = [int(one.name[1:]) for one in streamed.sample]
    assert places == sorted(places) and places[0] == 0 and len(places) >= min(count, SAMPLE)
    assert count <= SAMPLE or places[-1] >= count / 2
    assert persona(name="p0") in streamed and persona(name="nobody") not in streamed


def test_a_run_takes_them_as_it_goes_on():
    """A run is one look and one round more, and is never far ahead of the results that were taken."""
    source, found = Streamed(MANY), 0
    stream = stream_simulations(reply, source, driver=Talks(1), judge=SaysJudge(), concurrency=4, max_turns=1)
    for found, _ in enumerate(stream, 1):
        first, second = source.asked
        assert len(first) == MANY and len(second) <= found + 8
    assert found == MANY and source.asked[1] == [f"p{number}" for number in range(MANY)]
    info = stream.report.info
    assert (info.personas, info.persona_count, info.conversations) == ((), MANY, MANY)
    assert stream.report.summary.personas.keys() == set(source.asked[1])


def test_who_gets_a_list_gets_it_in_order():
    """``simulate`` holds all personas beside all results, and gives these in the personas' order."""
    results = simulate(reply, Streamed(MANY), driver=Talks(1), judge=SaysJudge(), max_turns=1, concurrency=7)
    assert [one.persona.name for one in results] == [f"p{number}" for number in range(MANY)]
    assert len(results.report.info.personas) == MANY


def test_until_looks_at_them_in_an_order_of_its_own():
    """A run that ends when the data tell holds the same conversations, streamed or loaded."""

    def simulate_until(personas):
        options = {"until": "goal_rate>=0.1", "seed": 3, "concurrency": 1, "max_turns": 1}
        stream = stream_simulations(reply, personas, driver=Talks(1), judge=SaysJudge(), **options)
        return [one.persona.name for one in stream], stream.report.summary.decision.outcome

    streamed = simulate_until(Streamed(MANY))
    assert streamed == simulate_until(asyncio.run(Streamed(MANY).load(RunContext(SaysJudge()))))
    assert len(streamed[0]) < MANY and streamed[0] != sorted(streamed[0], key=lambda name: int(name[1:]))


@pytest.mark.parametrize(
    ("rename", "problem"),
    [
        ({(1, MANY - 1): "p3"}, "two personas are named 'p3'; give each a name of its own"),
        ({(1, MANY - 1): ""}, f"personas[{MANY - 1}]: 'name' is empty"),
    ],
)
def test_all_are_looked_at_before_anything_is_done(rename, problem):
    """A name that is there twice, or a persona with something missing, ends the run before it begins."""
    calls = []
    with pytest.raises(PersonaError) as caught:
        simulate(calls.append, Streamed(MANY, rename=rename), driver=Talks(1), judge=SaysJudge())
    with pytest.raises(PersonaError) as streamed:
        list(stream_simulations(calls.append, Streamed(MANY, rename=rename), driver=Talks(1), judge=SaysJudge()))
    assert str(caught.value) == str(streamed.value) and problem in str(streamed.value) and not calls


def test_personas_that_change_end_the_run():
    """What was looked at is what is simulated: other personas in the second round are an error that names the first."""
    source, found = Streamed(MANY, rename={(2, 5): "stranger"}), []
    with pytest.raises(PersonaError, match="number 6 is 'stranger' and was not"):
        found += stream_simulations(reply, source, driver=Talks(1), judge=SaysJudge(), concurrency=1, max_turns=1)
    assert len(source.asked[1]) == 6

    class Shorter(Streamed):
        def stream(self, seed):
            self.count -= 1
            return super().stream(seed)

    with pytest.raises(PersonaError, match=f"there were {MANY}, and now {MANY - 1}"):
        list(find(Shorter(MANY + 1)))


@attrs.frozen
class Odd:
    """Streams what it is given, or raises it."""

    given: object

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Give something that is no iterator of personas."""
        if isinstance(self.given, Exception):
            raise self.given
        return self.given

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give somebody."""
        return [persona()]


@pytest.mark.parametrize(
    ("given_thing", "problem"),
    [
        (7, "the persona source failed: TypeError"),
        ([persona(), "Ben"], r"gave str \('Ben'\); give Persona objects"),
        ([persona(), None], "gave None; give Persona objects"),
        (OSError("gone"), "the persona source failed: OSError: gone"),
        ([], "there are no personas"),
    ],
)
def test_a_source_that_streams_something_else(given_thing, problem):
    """It is told what it gave, although what it loads is right."""
    with pytest.raises(PersonaError, match=problem):
        find(Odd(given_thing))


def write_file(path, count, **changes):
    """A file of personas."""
    rows = [persona_to_json(persona(name=f"p{number}")) for number in range(count)]
    for number, change in changes.items():
        rows[int(number[1:])] |= change
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_file_is_told_of_all_at_once(tmp_path):
    """All that is wrong with a file is said with its line, also where it is read one line after the other."""
    path = write_file(tmp_path / "p.jsonl", MANY, p2={"goal": ""}, p7={"name": "p1"}, p1100={"name": 5})
    with pytest.raises(PersonaError) as caught:
        find(JsonlPersonas(str(path)))
    told = [problem.removeprefix(f"{path}:") for problem in caught.value.problems]
    assert [line.partition(":")[0] for line in told] == ["3", "8", "1101"]
    assert "'name' 'p1' is taken by line 2" in told[1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_streamed_as_it_is_loaded(tmp_path, end):
    """Comments, blank lines, a byte order mark and line ends of all systems."""
    path = write_file(tmp_path / "p.jsonl", 30)
    lines = ["# people", "", *path.read_text().splitlines(), "  // end"]
    path.write_bytes(b"\xef\xbb\xbf" + end.join(lines).encode())
    source = JsonlPersonas(str(path))
    loaded = asyncio.run(source.load(RunContext(SaysJudge())))
    assert list(source.stream(None)) == list(source.stream(None)) == list(loaded) and len(loaded) == 30


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read_once(tmp_path):
    """What nobody can read a second time is held: a run takes its personas from a pipe."""
    content = write_file(tmp_path / "p.jsonl", MANY).read_bytes()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    stream = stream_simulations(reply, pipe, driver=Talks(1), judge=SaysJudge(), max_turns=1)
    assert sum(1 for _ in stream) == MANY
    writer.join()


def test_a_dry_run_counts_them(tmp_path, capsys, monkeypatch):
    """The estimate is over all of them, and nobody needs their list for it."""
    monkeypatch.chdir(tmp_path)
    write_file(tmp_path / "p.jsonl", MANY)
    (tmp_path / "model.py").write_text("def model_fn(conversation):\n    return 'Fine.'\n")
    args = ["simulate", "--model-cmd=model.py", "--personas=p.jsonl", "--judge=offline", "--trials=2", "--dry-run"]
    assert run(args) == 0
    assert f"{MANY} personas, {2 * MANY} conversations" in capsys.readouterr().out


def test_an_asynchronous_caller_gets_the_same():
    """``asimulate`` too gives all in order."""
    options = {"driver": Talks(1), "judge": SaysJudge(), "max_turns": 1}
    results = asyncio.run(asimulate(reply, Streamed(3), **options))
    assert [one.persona.name for one in results] == ["p0", "p1", "p2"]
    with pytest.raises(UsageError, match="there are no personas"):
        asyncio.run(asimulate(reply, Streamed(0), **options))
