"""From what was asked for to a plug-in that can work."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import PluginError
from multivon_eval._plugins.build import Built, build
from multivon_eval._plugins.kinds import DRIVER, EVALUATOR, JUDGE, SINK
from multivon_eval._plugins.registry import Registry
from multivon_eval.sdk import Conversation, RunContext, Score
from multivon_eval.testing import RecordingSink, write_distribution
from multivon_eval_plugins.evaluators.consistency import TurnConsistency
from multivon_eval_plugins.scripted.driver import Scripted


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


@attrs.frozen
class Everything:
    """An evaluator with an option of every type."""

    word: str
    maybe: str | None = None
    count: int = 1
    share: float = attrs.field(default=0.5, validator=attrs.validators.le(1))
    loud: bool = False
    perhaps: bool | None = None
    words: tuple[str, ...] = ()
    numbers: list[int] = attrs.field(factory=list)
    table: Mapping[str, int] = attrs.field(factory=dict)
    path: Path | None = None
    price: Decimal = Decimal(0)
    mood: Mood = Mood.GOOD
    mode: Literal["fast", "slow"] = "fast"
    colour: str = attrs.field(default="red", validator=attrs.validators.in_(("red", "blue")))
    tags: tuple[str, ...] = attrs.field(default="", converter=lambda given: tuple(given.split("+")))
    client: object = attrs.field(default=None, metadata={"option": False})
    _hidden: int = 3

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        return Score.skipped("nothing")


@attrs.frozen
class Needy:
    """An evaluator that cannot do without two options."""

    first: str
    second: int
    third: int = 0

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        return Score.skipped("nothing")


NAME = f"{__name__}.Everything"
NEEDY = f"{__name__}.Needy"
REGISTRY = Registry()


def built(asked: object) -> Any:
    """Build an evaluator."""
    return build(EVALUATOR, asked, REGISTRY).plugin


def problems(asked: object) -> list[str]:
    """Say why an evaluator cannot be built."""
    with pytest.raises(PluginError) as caught:
        build(EVALUATOR, asked, REGISTRY)
    return list(caught.value.problems)


class TestTypes:
    """A value becomes what its field is, and is refused where it cannot."""

    @pytest.mark.parametrize(
        ("asked", "name", "value"),
        [
            (":4", "word", "4"),
            (":true", "word", "true"),
            (':"4"', "word", "4"),
            (":2024-01-02", "word", "2024-01-02"),
            (":x,maybe=4", "maybe", "4"),
            (":x,count=4", "count", 4),
            (":x,share=0.25", "share", 0.25),
            (":x,share=1", "share", 1.0),
            (":x,loud=true", "loud", True),
            (":x,loud=false", "loud", False),
            (":x,perhaps=false", "perhaps", False),
            (':x,words=["a, b", "c"]', "words", ("a, b", "c")),
            (":x,words=[]", "words", ()),
            (":x,numbers=[1, 2]", "numbers", [1, 2]),
            (":x,table={a = 1}", "table", {"a": 1}),
            (":x,path=4", "path", Path("4")),
            (":x,path=a/b.md", "path", Path("a/b.md")),
            (":x,price=0.1", "price", Decimal("0.1")),
            (":x,mood=bad", "mood", Mood.BAD),
            (":x,mode=slow", "mode", "slow"),
            (":x,tags=a+b", "tags", ("a", "b")),
            (":x,hidden=4", "_hidden", 4),
        ],
    )
    def test_read_as_the_field_says(self, asked: str, name: str, value: object) -> None:
        """A number is a number and a string a string, as the field's type has it."""
        plugin = built(NAME + asked)
        found = getattr(plugin, name)
        assert found == value and isinstance(found, bool) == isinstance(value, bool)

    @pytest.mark.parametrize(
        ("asked", "problem"),
        [
            ("loud=maybe", "loud: 'maybe' is str; give true or false"),
            ('loud="false"', "loud: 'false' is str; give true or false"),
            ("loud=0", "loud: 0 is int; give true or false"),
            ("count=1.5", "count: 1.5 is float; give a whole number"),
            ("count=true", "count: True is bool; give a whole number"),
            ("count=many", "count: 'many' is str; give a whole number"),
            ("share=true", "share: True is bool; give a number"),
            ("share=2", "share is 2.0; give 1 or less"),
            ("words=hello", "'hello' is str; give a list"),
            ("words=[1]", "words[0]: 1 is int; give a string"),
            ("numbers=12", "numbers"),
            ("price=dear", "price: 'dear' is str; give a number"),
            ("mood=fair", "mood"),
            ("mode=idle", "mode"),
            ("colour=green", "colour is 'green'; give 'red' or 'blue'"),
        ],
    )
    def test_refused_with_the_field_and_the_reason(self, asked: str, problem: str) -> None:
        """What does not fit is refused, with the plug-in, the field, the value and what to give."""
        (found,) = problems(f"{NAME}:x,{asked}")
        assert found.startswith(f"evaluator '{NAME}' ({__name__}:Everything)")
        assert problem in found

    def test_a_table_is_typed_already(self) -> None:
        """A table's values are taken as they are: no string becomes a number, no number a string."""
        assert built({"use": NAME, "word": "4", "count": 2}) == Everything("4", count=2)
        assert len(problems({"use": NAME, "word": 4, "count": "2", "loud": "true", "words": "a"})) == 4

    def test_what_is_no_option_cannot_be_given(self) -> None:
        """A field that is marked as no option is not known to a SPEC."""
        (found,) = problems(f"{NAME}:x,client=4")
        assert "has no option 'client'" in found


TEXT = st.text()


@given(
    word=TEXT,
    maybe=st.none() | TEXT,
    count=st.integers(),
    share=st.floats(max_value=1, allow_nan=False),
    loud=st.booleans(),
    words=st.lists(TEXT, max_size=3).map(tuple),
    table=st.dictionaries(TEXT, st.integers(), max_size=3),
    price=st.decimals(allow_nan=False, allow_infinity=False),
    mood=st.sampled_from(Mood),
)
def test_options_survive_the_way_through_a_spec(**options: Any) -> None:
    """An instance's options, written as a SPEC, give an equal instance: what results record can be run again."""
    said = {**options, "mood": options["mood"].value, "words": list(options["words"]), "price": str(options["price"])}
    through_table = build(EVALUATOR, {"use": NAME, **said}, REGISTRY)
    assert through_table.plugin == Everything(**options)
    assert build(EVALUATOR, through_table.use.spec, REGISTRY).plugin == Everything(**options)


class TestProblems:
    """All that is wrong with options is said at once."""

    def test_all_at_once(self) -> None:
        """Unknown, missing and misread options stand side by side, each with its remedy."""
        found = problems(f"{NEEDY}:x,secnd=1,third=much,zzz=1")
        head = f"evaluator '{NEEDY}' ({__name__}:Needy)"
        assert found == [
            f"{head} has no option 'secnd'; did you mean 'second'?",
            f"{head} has no option 'zzz'; known: first, second, third",
            f"{head} needs 'second'; give it as second=...",
            f"{head}: third: 'much' is str; give a whole number",
        ]

    def test_what_is_missing_is_named_with_its_place(self) -> None:
        """The first field is given as ARG, the others by name."""
        first, second = problems(NEEDY)
        assert first.endswith(f"needs 'first'; give it as {NEEDY}:FIRST")
        assert second.endswith("needs 'second'; give it as second=...")

    def test_arg_and_name_for_the_same_field(self) -> None:
        """The first field cannot be given twice."""
        (found,) = problems(f"{NEEDY}:x,first=y,second=1")
        assert found.endswith("is given 'first' twice, as ARG and by name; give it once")

    def test_arg_for_a_plugin_without_options(self) -> None:
        """A plug-in without fields takes no ARG."""
        with pytest.raises(PluginError, match="takes no ARG; leave out 'x'"):
            build(JUDGE, "offline:x", REGISTRY)

    def test_a_string_is_no_list_of_letters(self) -> None:
        """A text where a list belongs is refused, and not said letter by letter."""
        with pytest.raises(PluginError, match="give a list"):
            build(DRIVER, "scripted:hello", REGISTRY)
        assert build(DRIVER, 'scripted:["hello"]', REGISTRY).plugin == Scripted(("hello",))


class TestInstances:
    """An instance that is handed in is taken as it is."""

    def test_one_of_an_installed_class(self) -> None:
        """It is known by its entry point's name, distribution and version."""
        plugin = TurnConsistency(0.7)
        found = build(EVALUATOR, plugin, REGISTRY)
        assert found.plugin is plugin
        assert (found.use.name, found.use.distribution) == ("turn-consistency", "multivon-eval")
        assert (found.use.spec, found.key) == ("TurnConsistency(threshold=0.7)", "turn_consistency")

    def test_one_of_ones_own_class(self) -> None:
        """It is known by its class's name, in kebab-case as a name, in snake_case as a score."""
        found = build(SINK, RecordingSink(), REGISTRY)
        assert (found.use.name, found.use.distribution) == ("recording-sink", "")

    def test_by_import_path_and_as_instance_it_has_one_name(self) -> None:
        """The score of a class is named the same, however it was asked for."""

        def key(asked: object) -> str:
            found: Built = build(EVALUATOR, asked, REGISTRY)
            return found.key

        assert key(f"{NEEDY}:x,second=1") == key(Needy("x", 1)) == "needy"

    @pytest.mark.parametrize(
        ("asked", "cause"),
        [
            (TurnConsistency, "evaluator TurnConsistency is a class; hand in an instance of it"),
            (RecordingSink(), "evaluator RecordingSink cannot be used: it has no method 'evaluate'"),
            (4, "evaluator int cannot be used: it has no method 'evaluate'"),
        ],
    )
    def test_one_that_does_not_fit(self, asked: object, cause: str) -> None:
        """A class, or an instance of another kind, is refused with the reason."""
        assert problems(asked) == [cause]

    def test_a_secret_is_not_shown(self) -> None:
        """The representation of a class that is no attrs class is not recorded: it may hold anything."""

        class Own:
            key = "sk-0815"

            def __repr__(self) -> str:
                return self.key

            async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
                return Score.skipped("nothing")

        assert "0815" not in str(build(EVALUATOR, Own(), REGISTRY).use)


def test_an_installed_plugin_is_built_from_its_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a distribution offers is built by name, and carries name, SPEC, distribution and version."""
    source = (
        "import attrs\n@attrs.frozen\nclass Tone:\n    threshold: float = 0.5\n"
        "    async def evaluate(self, conversation, context): ...\n"
    )
    points = {EVALUATOR.group: {"built-tone": "built_tone:Tone"}}
    write_distribution(tmp_path, "acme-built", "4.5", points, {"built_tone": source})
    monkeypatch.syspath_prepend(tmp_path)
    found = build(EVALUATOR, "acme-built/built-tone,threshold=0.75", Registry())
    assert found.plugin.threshold == 0.75
    assert attrs.astuple(found.use) == (
        "evaluator",
        "built-tone",
        "acme-built/built-tone,threshold=0.75",
        "acme-built",
        "4.5",
    )
    assert found.key == "built_tone"
