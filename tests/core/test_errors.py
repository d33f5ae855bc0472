import copy
import pickle

import pytest

from multivon_eval import errors
from multivon_eval.errors import (
    MultivonEvalError,
    UsageError,
    did_you_mean,
)
from support.errors import EXAMPLES


def named(error):
    """The name of an example in the test's report."""
    return f"{type(error).__name__}{error.args}"


@pytest.mark.parametrize("error", EXAMPLES, ids=named)
@pytest.mark.parametrize("through", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_exception_survives_pickling(error, through):
    """Class, text and every attribute come back equal from another process."""
    error.found_by = "a test"
    other = through(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert vars(other) == vars(error)
    assert other.args == error.args
    assert other.exit_code == error.exit_code


def test_every_exception_has_an_example_here():
    """No class of the module is left out of the test above."""
    classes = {thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, Exception)}
    assert {type(error) for error in EXAMPLES} == classes


def test_every_exception_is_exported_and_of_one_tree():
    """All derive from one base, and the names in ``__all__`` are all there are."""
    homes = (errors.__name__, "multivon_eval", "multivon_eval.sdk")
    public = {name for name, thing in vars(errors).items() if getattr(thing, "__module__", "") in homes}
    assert {name for name in public if not name.startswith("_")} == set(errors.__all__)
    assert all(isinstance(error, MultivonEvalError) for error in EXAMPLES)


def test_the_tree_in_the_docstring_is_the_tree():
    """Each class stands in the module's docstring, below the class that it derives from."""
    lines = [line for line in errors.__doc__.splitlines() if "──" in line or line.strip() == "MultivonEvalError"]
    parents, path = {}, []
    for line in lines:
        name = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ").split()[0]
        depth = line.index(name)
        path = [(at, above) for at, above in path if at < depth]
        parents[name] = path[-1][1] if path else "Exception"
        path.append((depth, name))
    assert parents == {type(error).__name__: type(error).__base__.__name__ for error in EXAMPLES}


def test_several_problems_are_told_together():
    """A usage error holds all its problems and tells one a line."""
    error = UsageError(["first", "second"])
    assert (error.problems, str(error)) == (("first", "second"), "first\nsecond")


def test_every_exit_code_is_what_the_command_line_promises():
    """The numbers are those of the contract; asking wrongly is 2, everything else that is raised 3."""
    assert {code.name: int(code) for code in errors.ExitCode} == {
        "OK": 0,
        "GATE": 1,
        "USAGE": 2,
        "FAILED": 3,
        "BUDGET": 4,
        "INTERRUPTED": 130,
    }
    assert all(int(error.exit_code) == (2 if isinstance(error, UsageError) else 3) for error in EXAMPLES)


def test_a_misspelt_word_is_recognized():
    """A close match is offered, else the list of what is known."""
    assert did_you_mean("trails", ["trials", "timeout"]) == "did you mean 'trials'?"
    assert did_you_mean("xyz", ["b", "a"]) == "known: a, b"
    assert did_you_mean("xyz", []) == "known: none"
