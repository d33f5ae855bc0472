"""Measures the code, for the comparison in docs/explanation/architecture.md: run it with Python."""

from __future__ import annotations

import ast
import statistics
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (ROOT / "core" / "multivon_eval", ROOT / "plugins" / "multivon_eval_plugins")
COMMENTED = ("core/multivon_eval/_money", "core/multivon_eval/_journal", "plugins/multivon_eval_plugins/recorder")
"""The rooms in which a comment has the most to say."""
VERBS = frozenset(
    "adapt add adjust allow announce answer append apply ask assign attribute await begin bind book build call "
    "cancel capture catch change check choose clean clear close collect compare compile complete compute connect "
    "consider converse convert copy count create cut decide decorate deliver describe detect digest discard drop "
    "emit end enter escape estimate evaluate exclude expand expect explain extend fail fetch fill filter find "
    "finish fit fits flush follow format freeze gather generate get give go group guess handle hash hear hold "
    "identify ignore import include increase indent inform insert install isolate iterate join judge keep launch "
    "leave let limit list listen load lock log look make map mark match measure merge move name normalize note "
    "number observe open order outline parse pass patch pause pick play prepare print probe produce propose put "
    "quote raise read rebuild receive record reduce refuse register rehearse release remove render repair repeat "
    "replace reply report request rescore reserve resolve restore resume retry return review run save say scale "
    "schedule score search see select send serve set settle shorten show simulate skip sort split squeeze stamp "
    "start stop store stream strip structure sum summarize take tell test throw to turn unite unpack update use "
    "validate verify vote wait wake walk warn watch weigh wrap write yield".split()
)


def functions(folder: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """Every function with its file."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node, path.relative_to(folder).as_posix()


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function, signature and docstring counted, as the figures of the models are."""
    return (node.end_lineno or 0) - node.lineno + 1


def is_named_as_verb(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool | None:
    """Whether a function's name begins with a verb; None for properties, predicates and what Python names."""
    decorators = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
    name = node.name.lstrip("_")
    if decorators & {"property", "cached_property", "default", "validator", "hookspec", "overload"}:
        return None
    if node.name.startswith("__") or name.startswith(("is_", "has_", "may_", "test_", "visit_", "pytest_", "on_")):
        return None
    return name.partition("_")[0] in VERBS or (name[:1] == "a" and name[1:].partition("_")[0] in VERBS)


def comments(folder: Path) -> float:
    """Comment lines per hundred lines of code."""
    found = lines = 0
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines += sum(bool(line.strip()) for line in text.splitlines())
        with path.open("rb") as file:
            found += sum(token.type == tokenize.COMMENT for token in tokenize.tokenize(file.readline))
    return 100 * found / max(1, lines)


def figures(folder: Path) -> dict[str, float]:
    """The figures of one package."""
    sizes = sorted(length(node) for node, _ in functions(folder))
    modules = [path.read_text(encoding="utf-8").count("\n") for path in folder.rglob("*.py")]
    named = [verb for node, _ in functions(folder) if (verb := is_named_as_verb(node)) is not None]
    return {
        "modules": len(modules),
        "lines per module, median": statistics.median(modules),
        "lines per module, most": max(modules),
        "lines per function, median": statistics.median(sizes),
        "lines per function, p95": sizes[int(0.95 * len(sizes))],
        "lines per function, most": max(sizes),
        "functions named as verbs, %": round(100 * sum(named) / len(named), 1),
        "comments per 100 lines": round(comments(folder), 1),
    }


def main() -> None:
    """Print the figures of both packages, and the comments of the rooms that need them most."""
    for folder in PACKAGES:
        print(folder.name)
        for name, value in figures(folder).items():
            print(f"  {name}: {value:g}")
    for room in COMMENTED:
        print(f"{room}: {comments(ROOT / room):.1f} comments per 100 lines")


if __name__ == "__main__":
    main()
