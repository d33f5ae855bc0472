"""The call site is the repository's own frame that is nearest to the call."""

import functools
import importlib.util
import sys
from pathlib import Path

import pytest

from multivon_eval_plugins.recorder.call_site import CallSite, CallSites

SOURCE = """
import functools


def ask(here):
    return here()


def decorated(function):
    @functools.wraps(function)
    def around(*args):
        return function(*args)

    return around


@decorated
@functools.lru_cache
def in_decorators(here):
    return here()


class Bot:
    def answer(self, here):
        return [here() for _ in range(1)][0]

    def later(self, here):
        return next(here() for _ in range(1))


def through(function, here):
    return function(here)


async def awaited(here):
    return here()


async def awaits(here):
    return await awaited(here)


def loops(here):
    import asyncio

    async def main():
        return await asyncio.get_running_loop().create_task(leaves(here))

    return asyncio.run(main())
"""


@pytest.fixture
def repository(tmp_path):
    """A folder for code; gives a function that writes a module there and imports it."""

    def module(place, source=SOURCE):
        path = tmp_path / "repo" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return module


@pytest.fixture
def here(tmp_path):
    """Called by somebody, gives the call site that is found for him."""
    (tmp_path / "repo").mkdir(exist_ok=True)
    sites = CallSites(tmp_path / "repo")
    return lambda: sites.find(sys._getframe())


def told(site):
    """A site in short."""
    return site and f"{site.file}:{site.qualname}"


def test_the_nearest_frame(repository, here):
    """It is the function that makes the call, with the line on which it does."""
    bot = repository("bot/answers.py")
    site = bot.ask(here)
    assert told(site) == "bot/answers.py:ask"
    assert SOURCE.splitlines()[site.line - 1] == "    return here()"


def test_the_line_is_a_hint(repository, here):
    """Two calls in one function are one site."""
    assert CallSite("a.py", "f", 1) == CallSite("a.py", "f", 2)
    assert hash(CallSite("a.py", "f", 1)) == hash(CallSite("a.py", "f", 2))


def test_through_decorators(repository, here):
    """What stands around a function does not take its place."""
    bot = repository("bot.py")
    assert told(bot.in_decorators(here)) == "bot.py:in_decorators"
    assert told(functools.partial(bot.ask)(here)) == "bot.py:ask"


def test_comprehensions_are_their_function(repository, here):
    """A comprehension has the name of its function, in every version of Python."""
    bot = repository("bot.py").Bot()
    assert told(bot.answer(here)) == "bot.py:Bot.answer"
    assert told(bot.later(here)) == "bot.py:Bot.later"


def test_through_async_frames(repository, here):
    """An awaited coroutine is found."""
    coroutine = repository("bot.py").awaits(here)
    with pytest.raises(StopIteration) as caught:
        coroutine.send(None)
    assert told(caught.value.value) == "bot.py:awaited"


def test_who_started_the_loop_made_no_call(repository, here, tmp_path):
    """In a task of somebody else's, the search ends at the event loop."""
    bot = repository("bot.py")

    async def leaves(here):
        return here()

    bot.leaves = leaves
    assert bot.loops(here) is None


@pytest.mark.parametrize(
    "place",
    [
        ".venv/lib/python3.11/site-packages/sdk.py",
        "environment/lib/sdk.py",
        "venv/sdk.py",
        "build/lib/bot/sdk.py",
        "dist/sdk.py",
        ".tox/py/sdk.py",
        "node_modules/x/sdk.py",
        "../elsewhere/sdk.py",
    ],
)
def test_strangers_are_passed_over(repository, here, tmp_path, place):
    """Virtual environments, whatever they are called, build folders and what lies elsewhere are not the site."""
    (tmp_path / "repo" / "environment").mkdir()
    (tmp_path / "repo" / "environment" / "pyvenv.cfg").touch()
    sdk, bot = repository(place), repository("src/environment.py")
    assert told(bot.through(sdk.ask, here)) == "src/environment.py:through"


def test_a_repository_in_a_hidden_folder(tmp_path):
    """Only what lies below the root counts: a root in a build folder is a root."""
    root = tmp_path / ".cache" / "build" / "repo"
    root.mkdir(parents=True)
    sites = CallSites(root)
    found = {}
    exec(compile("site = find()", str(root / "bot.py"), "exec"), {"find": lambda: sites.find(sys._getframe())}, found)
    assert told(found["site"]) == "bot.py:<module>"


def test_a_link_to_the_repository(tmp_path):
    """A root that is a symbolic link is where it leads to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = {}
    for root, file in (("link", "real"), ("real", "link")):
        sites = CallSites(tmp_path / root)
        code = compile("site = find()", str(tmp_path / file / "bot.py"), "exec")
        exec(code, {"find": lambda sites=sites: sites.find(sys._getframe())}, found)
        assert told(found["site"]) == "bot.py:<module>"


def test_code_without_a_file(tmp_path, monkeypatch):
    """Code from a string has no place in the repository."""
    monkeypatch.chdir(tmp_path)
    sites, found = CallSites(Path()), {}
    exec("site = find()", {"find": lambda: sites.find(sys._getframe())}, found)
    assert found["site"] is None
