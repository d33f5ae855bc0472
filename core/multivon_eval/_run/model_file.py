"""Loading ``model_fn`` from ``--model-cmd``."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from .._plugins.build import build
from .._plugins.kinds import JUDGE
from .._plugins.registry import Registry
from .._types.hide_secrets import hide_secrets
from ..errors import UsageError, did_you_mean
from .defaults import ENDPOINT_EXAMPLE
from .endpoint import Endpoint
from .system import SystemUnderTest, has_open

DEFAULT_NAME = "model_fn"
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def load_system(asked: str, registry: Registry) -> SystemUnderTest:
    """Load the system under test.

    Args:
        asked: ``model.py``, ``model.py:name``, ``package.module:name``, or an endpoint as
            the SPEC of a judge: any installed judge can be the system under test.
        registry: What is installed.

    Raises:
        UsageError: If it cannot be loaded; the message names the thing, the reason and the remedy.
    """
    head = asked.partition(":")[0].partition(",")[0]
    # A model's name may well have a dot in it: what has the name of a judge is no file, unless one lies there.
    if head in registry.names(JUDGE) and not os.path.exists(asked) and not os.path.exists(head):
        endpoint = Endpoint(build(JUDGE, asked, registry).plugin)
        system = SystemUnderTest.of(endpoint.reply, f"--model-cmd {asked}")
        return attrs.evolve(system, identity=asked, endpoint=endpoint, reference=asked)
    path, name = _split(asked)
    if path.suffix == ".py" or os.path.exists(path):
        module = _import_file(path)
    elif _DOTTED.fullmatch(str(path)):
        module = _import_name(str(path))
    else:
        raise UsageError(
            f"--model-cmd {asked}: no such file; give model.py, model.py:name, package.module:name or "
            + ENDPOINT_EXAMPLE
        )
    system = SystemUnderTest.of(_find_callable(module, name, path), f"{path}:{name}")
    file = getattr(module, "__file__", None)
    reference = f"{_name_file(path) if os.path.exists(path) else path}:{name}"
    identity = _compute_identity(module, name)
    return attrs.evolve(system, identity=identity, path=Path(file) if file else None, reference=reference)


def find_system(model_fn: Any) -> SystemUnderTest:
    """Find the system under test that a call names: a callable, or the name of one.

    Args:
        model_fn: A callable, what has an ``open``, or what :func:`load_system` takes.

    Raises:
        UsageError: If it is none, or cannot be loaded.
    """
    if isinstance(model_fn, str):
        return load_system(model_fn, Registry())
    system = SystemUnderTest.of(model_fn)
    module, name = getattr(model_fn, "__module__", ""), getattr(model_fn, "__qualname__", "")
    loaded: Any = sys.modules.get(module or "")
    if not isinstance(name, str) or not name.isidentifier() or getattr(loaded, name, None) is not model_fn:
        return system
    file = getattr(loaded, "__file__", None)
    if module == "__main__":
        # In another process the main module is another one.
        reference = f"{_name_file(file)}:{name}" if file and os.path.exists(file) else ""
    else:
        reference = f"{module}:{name}"
    return attrs.evolve(system, identity=_compute_identity(loaded, name), reference=reference) if reference else system


def _name_file(file: str | Path) -> str:
    """A file as another process finds it: within the folder of the run, of which its machine may have a copy."""
    path = Path(os.path.abspath(file))
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _compute_identity(module: ModuleType, name: str) -> str:
    """What a resume compares: the function's name and a digest of its file. Its neighbours are not in it."""
    file = getattr(module, "__file__", None)
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16] if file else module.__name__
    return f"{name}:{digest}"


def _split(asked: str) -> tuple[Path, str]:
    if os.path.exists(asked):
        return Path(asked), DEFAULT_NAME
    path, colon, name = asked.rpartition(":")
    if colon and path and not name:
        raise UsageError(f"--model-cmd {asked!r} names no function; write {path}:NAME, or {path} for {DEFAULT_NAME}")
    if colon and path and name.isidentifier():
        return Path(path), name
    return Path(asked), DEFAULT_NAME


def _import_file(path: Path) -> ModuleType:
    """Import a file as if it were imported by its name: with its neighbours, and known to ``sys.modules``."""
    if os.path.isdir(path):
        raise UsageError(f"--model-cmd {path}: is a directory; name the file in it, {path / 'model.py'} say")
    if not os.path.exists(path):
        raise UsageError(f"--model-cmd {path}: no such file; give the file that holds {DEFAULT_NAME}")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # Not the bare stem: a file named like a module that is imported already must not be taken for it.
    name = path.stem if path.stem not in sys.modules else f"model_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise UsageError(f"--model-cmd {path}: is no Python file; give one that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and postponed annotations look their module up
    loader = spec.loader
    _run(lambda: loader.exec_module(module), str(path))
    return module


def _import_name(name: str) -> ModuleType:
    try:
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    except ModuleNotFoundError as error:
        why = f"no such file, and no module {name!r}" if "__path__" in str(error) else str(error)
        raise UsageError(
            f"--model-cmd {name}: {why}; install it, or give the path of a file such as model.py"
        ) from None
    except (ImportError, ValueError) as error:
        raise _import_error(name, error) from error
    found: list[ModuleType] = []
    _run(lambda: found.append(importlib.import_module(name)), name)
    return found[0]


def _run(load: Callable[[], None], what: str) -> None:
    try:
        load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module may do anything while it is imported
        raise _import_error(what, error) from error


def _import_error(what: str, error: BaseException) -> UsageError:
    """The failure of a model file with its own traceback: the frames of this package are left out."""
    own = str(Path(__file__).resolve().parent.parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(own) and "importlib" not in frame.filename
    ]
    told = "".join(["Traceback (most recent call last):\n", *traceback.format_list(frames)])
    told += "".join(traceback.format_exception_only(error))
    return UsageError(f"--model-cmd {what}: fails when it is imported; correct it\n{hide_secrets(told).rstrip()}")


def _is_function(value: object) -> bool:
    return callable(value) and not inspect.isclass(value)


def _is_opened(value: object, module: ModuleType) -> bool:
    cls = value if inspect.isclass(value) else type(value)
    return cls.__module__ == module.__name__ and has_open(value)


def _find_callable(module: ModuleType, name: str, path: Path) -> Callable[..., Any]:
    found: Any = None

    def find() -> None:
        # A module may have a __getattr__ of its own.
        nonlocal found
        found = getattr(module, name, None)

    _run(find, str(path))
    if found is None:
        functions = [
            key
            for key, value in vars(module).items()
            if not key.startswith("_") and (_is_function(value) or _is_opened(value, module))
        ]
        hint = did_you_mean(name, functions)
        raise UsageError(f"--model-cmd {path}: has no {name!r}; {hint}; name one as {path}:NAME")
    if not callable(found) and not has_open(found):
        raise UsageError(
            f"--model-cmd {path}: {name!r} is {type(found).__name__}, not a function; name a function as {path}:NAME"
        )
    function: Callable[..., Any] = found
    return function
