"""What Ray is to prepare for its workers: a folder, packages, variables that are no secrets."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from multivon_eval.sdk import UsageError, hide_secrets, is_secret_name


def read_environment(file: str, working_dir: str) -> dict[str, Any]:
    """Read Ray's runtime environment.

    Args:
        file: YAML or JSON, as ``ray job submit --runtime-env`` takes it; empty for none.
        working_dir: A folder that is copied to each worker; empty for none.

    Raises:
        UsageError: If something cannot be read, or would show a secret.
    """
    environment = _read_file(file) if file else {}
    if working_dir:
        if "working_dir" in environment:
            raise UsageError(f"executor 'ray': working_dir stands in {file} too; give it once")
        if not Path(working_dir).is_dir():
            raise UsageError(f"executor 'ray': working_dir is {working_dir!r}, and there is no such folder; correct it")
        environment["working_dir"] = working_dir
    return environment


def _read_file(file: str) -> dict[str, Any]:
    # Ray brings PyYAML, and JSON is YAML.
    yaml = importlib.import_module("yaml")
    try:
        found = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"executor 'ray': cannot read runtime_env {file}: {reason}; correct the file") from None
    if not isinstance(found, dict):
        raise UsageError(
            f"executor 'ray': runtime_env {file} holds no table; write 'pip: [...]', say, as in Ray's documentation"
        )
    _refuse_secrets(file, found.get("env_vars") or {})
    return found


def _refuse_secrets(file: str, variables: object) -> None:
    if not isinstance(variables, Mapping):
        return  # Ray says what is wrong
    told = sorted(
        str(name)
        for name, value in variables.items()
        if is_secret_name(str(name)) or hide_secrets(str(value)) != str(value)
    )
    if told:
        raise UsageError(
            f"executor 'ray': env_vars in {file} sets {', '.join(told)}, and Ray's dashboard shows it to everybody; "
            "set it in the environment in which each node is started"
        )
