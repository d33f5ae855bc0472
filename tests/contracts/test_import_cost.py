"""What is imported when: ``--help`` and ``import multivon_eval`` stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

HEAVY = ("httpx", "cattrs", "asyncio", "rich", "genai_prices", "litellm", "multivon_eval_plugins")
PROGRAM = """
import sys
{what}
print("loaded:", *[name for name in {heavy!r} if name in sys.modules])
"""
CALL = "from multivon_eval._cli.main import run; run({args!r})"


def _loaded(what: str) -> list[str]:
    program = PROGRAM.format(what=what, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize(
    "args", [["--help"], ["--version"], ["simulate", "--help"], ["score", "--help"], ["plugins", "--help"]]
)
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    """``--help`` imports neither httpx, cattrs, asyncio nor the built-in plug-ins."""
    assert _loaded(CALL.format(args=args)) == []


def test_importing_the_package_imports_nothing_heavy() -> None:
    """``import multivon_eval`` imports nothing until a name is used."""
    assert _loaded("import multivon_eval") == []


def test_listing_plugins_imports_none() -> None:
    """``plugins`` reads metadata only."""
    assert "multivon_eval_plugins" not in _loaded(CALL.format(args=["plugins"]))


def test_only_the_plugin_that_is_named_is_imported() -> None:
    """Asking for one judge does not import another."""
    what = (
        "from multivon_eval._plugins.build import build\n"
        "from multivon_eval._plugins.kinds import JUDGE\n"
        "from multivon_eval._plugins.registry import Registry\n"
        "build(JUDGE, 'offline', Registry())\n"
        "assert 'multivon_eval_plugins.judges.openai' not in sys.modules"
    )
    assert "httpx" not in _loaded(what)
