"""Error messages say how to install from where this installation came."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from multivon_eval.sdk import find_origin, format_install_command
from multivon_eval.testing import write_distribution

COMMIT = "0123456789012345678901234567890123456789"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution ``acme-files`` that is installed, and does not say from where."""
    site = write_distribution(tmp_path / "site", "acme-files", "1.0")
    monkeypatch.syspath_prepend(site)
    return site


def say_origin(site: Path, told: Any) -> None:
    """Write what pip writes of where a distribution came from."""
    text = told if isinstance(told, str) else json.dumps(told)
    (site / "acme_files-1.0.dist-info" / "direct_url.json").write_text(text, encoding="utf-8")


ORIGINS = [
    ({"url": "https://ann:secret@git.example.com/acme.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
     f"'acme-files[csv] @ git+https://git.example.com/acme.git@{COMMIT}'"),
    ({"url": "ssh://git@git.example.com/acme.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
     f"'acme-files[csv] @ git+ssh://git@git.example.com/acme.git@{COMMIT}'"),
    ({"url": "https://example.com/acme_files-1.0.tar.gz", "archive_info": {"hash": "sha256=1"}},
     "'acme-files[csv] @ https://example.com/acme_files-1.0.tar.gz'"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "command"), ORIGINS, ids=[command for _, command in ORIGINS])
def test_the_command_names_the_same_address(site: Path, told: Any, command: str) -> None:
    """A repository and an archive are named as they were, with the extra and without a password."""
    say_origin(site, told)
    assert format_install_command("csv", "acme-files") == f"pip install {command}"
    assert find_origin("acme-files", "csv") == shlex.split(command)[-1]


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [
        ("my files", {"dir_info": {}}, []),
        ("acme", {"dir_info": {"editable": True}}, ["-e"]),
        ("acme_files-1.0-py3-none-any.whl", {"archive_info": {}}, []),
    ],
)
def test_the_command_names_the_same_place(
    site: Path, tmp_path: Path, name: str, kind: dict[str, Any], options: list[str]
) -> None:
    """A folder and a wheel are named while they are there, in a line that a shell takes."""
    place = tmp_path / name
    say_origin(site, {"url": place.as_uri(), **kind})
    assert find_origin("acme-files") == "", "nothing is there"
    place.touch()
    assert find_origin("acme-files") == str(place)
    assert shlex.split(format_install_command("csv", "acme-files")) == ["pip", "install", *options, f"{place}[csv]"]


@pytest.mark.parametrize("told", ["", "no JSON", "[]", {"url": 7}, {}], ids=str)
def test_an_origin_that_is_not_told_is_left_to_the_reader(site: Path, told: Any) -> None:
    """What has no origin on record is never installed by its name."""
    say_origin(site, told)
    assert find_origin("acme-files") == ""
    assert format_install_command("csv", "acme-files") == 'pip install "PATH-OF-ACME-FILES[csv]"'


def test_what_is_not_installed_has_no_origin() -> None:
    """A name that nothing has gets the line to fill in too."""
    assert format_install_command("", "nobody-has-this") == 'pip install "PATH-OF-NOBODY-HAS-THIS"'


def test_our_own_is_installed_by_a_variable_or_from_where_it_came() -> None:
    """The line for our own extra names a place, and never the bare name."""
    command = format_install_command("parquet")
    assert shlex.split(command)[-1].endswith("[parquet]")
    assert "multivon-eval[parquet]" not in shlex.split(command)
