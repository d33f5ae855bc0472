"""What notebooks show: a table, a list, a sentence; everything that was said is escaped, and nothing runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .printable import make_printable


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table.

    Args:
        head: The names of its columns; none for a table without a head.
        rows: The cells.
    """
    body = "".join(f"<tr>{_write_cells('td', row)}</tr>" for row in rows)
    top = f"<thead><tr>{_write_cells('th', head)}</tr></thead>" if head else ""
    return f"<table>{top}<tbody>{body}</tbody></table>"


def write_paragraph(text: str, *, is_small: bool = False) -> str:
    """Write a paragraph, its lines kept."""
    lines = "<br>".join(_escape(line) for line in text.splitlines())
    return f"<p><small>{lines}</small></p>" if is_small else f"<p>{lines}</p>"


def write_folded(title: str, markup: str) -> str:
    """Write something that opens when its title is clicked.

    Args:
        title: The title.
        markup: What these functions gave.
    """
    return f"<details><summary>{_escape(title)}</summary>{markup}</details>"


def _write_cells(name: str, cells: Iterable[str]) -> str:
    # Left, whatever a notebook's own style says of tables: these are words.
    return "".join(f'<{name} style="text-align: left">{_escape(cell)}</{name}>' for cell in cells)


def _escape(text: str) -> str:
    return escape(make_printable(text))
