"""Plug-ins that are wrong on purpose, each with the standard test that is there to catch it; and right ones."""

import importlib

KINDS = ("commands", "drivers", "evaluators", "executors", "hooks", "judges", "observers", "sinks", "sources")


def load_all() -> None:
    """Import all modules that plant something."""
    for kind in KINDS:
        importlib.import_module(f"{__name__}.{kind}")
