"""The door for tests of plug-ins, where pytest is not installed."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

PROGRAM = """
import sys

sys.modules["pytest"] = None
import multivon_eval.testing
from multivon_eval.testing import ScriptedJudge, conversation, persona, problems, report, result

assert all(getattr(multivon_eval.testing, name) for name in multivon_eval.testing.__all__)
assert ScriptedJudge().model and conversation().persona == persona() and report(result()).summary
print(problems("refusals"), len(problems(type("Nothing", (), {"evaluate": None}), "evaluator")) > 10)
"""


def test_the_kit_needs_no_pytest():
    """Contracts, fakes and ``problems`` work without it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "() True\n"
