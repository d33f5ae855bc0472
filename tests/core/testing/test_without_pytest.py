"""The door for tests of plug-ins, where pytest is not installed."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

PROGRAM = """
import sys

sys.modules["pytest"] = None
from multivon_eval.testing import RecordingSink, ScriptedJudge, context, conversation, persona, report, result, run_info

assert ScriptedJudge().model and conversation().persona == persona() and report(result()).summary
try:
    from multivon_eval.testing import EvaluatorTests
except ImportError as error:
    print(error)
"""


def test_fakes_and_nouns_need_no_pytest():
    """A contract needs it, and says so with the remedy."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    says = "EvaluatorTests needs pytest, which is not installed; run: pip install pytest"
    assert done.stdout == f"{says}\n"
