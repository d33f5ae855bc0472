"""A directive for the pages of the API: all that one public module has and no earlier page describes.

``.. door:: multivon_eval.sdk`` becomes an ``autoclass``, ``autofunction`` or ``autodata`` for each such name, and links
between them are found wherever a class is really written.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

DOORS = ("multivon_eval", "multivon_eval.sdk", "multivon_eval.testing")
TOPICS = ("multivon_eval.protocols", "multivon_eval.hookspecs", "multivon_eval.errors")


def written_in(module: str) -> list[str]:
    """The public classes and functions of which a module holds the code."""
    tree = ast.parse(Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8"))
    found = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return [name for name in found if not name.startswith("_")]


def first_door(name: str, module: str) -> str:
    """Where a name is imported from: the first door that promises it, or the module itself."""
    return next((door for door in DOORS if name in importlib.import_module(door).__all__), module)


def names_of(module: str) -> list[tuple[str, str]]:
    """What the page of a module describes: each name with the door it is imported from."""
    if module in TOPICS:
        return [(name, first_door(name, module)) for name in written_in(module)]
    elsewhere = {name for topic in TOPICS for name in written_in(topic)}
    names = [name for name in importlib.import_module(module).__all__ if name not in elsewhere]
    return [(name, module) for name in names if first_door(name, module) == module]


def string_below(name: str) -> str:
    """What the string below a module's assignment says of it, wherever in the package the name is given its value."""
    for path in Path(importlib.import_module("multivon_eval").__file__ or "").parent.rglob("*.py"):
        for before, node in itertools.pairwise(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(before, ast.Assign | ast.AnnAssign) and isinstance(node, ast.Expr):
                target = before.targets[0] if isinstance(before, ast.Assign) else before.target
                if isinstance(target, ast.Name) and target.id == name and isinstance(node.value, ast.Constant):
                    return " ".join(str(node.value.value).split())
    return ""


def directive_for(name: str, door: str) -> list[str]:
    """The lines that describe one name."""
    value = getattr(importlib.import_module(door), name)
    if inspect.isclass(value):
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        options = ["   :show-inheritance:"] if value.__bases__[0].__module__.startswith("multivon_eval") else []
        # The options of `simulate` have a table of their own, which a repository host shows as well.
        options += ["   :members:"] if name != "SimulationOptions" else []
        return [f".. {kind}:: {door}.{name}", *options, ""]
    if inspect.isroutine(value):
        return [f".. autofunction:: {door}.{name}", ""]
    shown = [f"   :value: {value!r}"] if isinstance(value, str | int) and name != "__version__" else []
    return [f".. py:data:: {door}.{name}", *shown, "", f"   {string_below(name)}", ""]


class Door(SphinxDirective):
    """Describes the names of a public module."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Describe each name."""
        lines = [line for name, door in names_of(self.arguments[0]) for line in directive_for(name, door)]
        section = nodes.section()
        self.state.nested_parse(StringList(lines, source=self.arguments[0]), 0, section, match_titles=True)
        return section.children


def link_to_door(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Node) -> nodes.Node | None:
    """Find what an annotation or a docstring names by its last word, or by the module that holds its code."""
    name = node.get("reftarget", "").rpartition(".")[2]
    door = first_door(name, "")
    if node.get("refdomain") != "py" or not door:
        return None
    found = env.get_domain("py").objects.get(f"{door}.{name}")
    return make_refnode(app.builder, node["refdoc"], found.docname, found.node_id, shown) if found else None


def link_names(app: Sphinx, tree: nodes.document) -> None:
    """Let the names in the list of names lead to their descriptions."""
    if app.env.docname != "reference/python":
        return
    for cell in [row.children[0] for body in tree.findall(nodes.tbody) for row in body.children]:
        for literal in list(cell.findall(nodes.literal)):
            door = first_door(literal.astext(), "")
            if door:
                target = {"refdomain": "py", "reftype": "obj", "reftarget": f"{door}.{literal.astext()}"}
                link = pending_xref("", refdoc=app.env.docname, refexplicit=True, refwarn=True, **target)
                literal.replace_self(link)
                link += literal


def keep_colons(_app: Sphinx, what: str, _name: str, _value: object, _options: object, lines: list[str]) -> None:
    """Keep what stands before a colon in the first line of a property: napoleon would read it as a type."""
    if what in ("attribute", "property"):
        lines.insert(0, "\\ ")  # nothing, but no empty line


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the directive known."""
    app.add_directive("door", Door)
    app.connect("missing-reference", link_to_door)
    app.connect("doctree-read", link_names)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
