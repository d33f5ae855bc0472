"""Inspect without network: the file that its mock model counts tokens with comes from a package."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

_found = importlib.util.find_spec("litellm")
assert _found is not None and _found.origin is not None
os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(_found.origin).parent / "litellm_core_utils" / "tokenizers")
os.environ["INSPECT_DISPLAY"] = "none"
