"""Builds the pages of this folder into a site: ``nox -s docs``."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parent))

project = "multivon-eval"
author = "the multivon-eval developers"
copyright = "the multivon-eval developers, MIT licence"
release = version = version_of(project)

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_llm.txt",
    "notfound.extension",
    "_doors",
]
# README.md is what a repository host shows of this folder; index.md includes it. Fragments are no pages.
exclude_patterns = ["README.md", "changes/+*", "_*"]
nitpicky = True
nitpick_ignore_regex = [
    # Python's own and click's, for which a build without a network has no inventory.
    (r"py:.*", r"(click|collections\.abc|contextlib|decimal|enum|logging|pathlib)\..*"),
    (r"py:.*", r"Decimal|Path|Number|PluginManager(\.register)?"),
    (r"py:.*", r"multivon_eval\.\w[\w.]*\.T(_co)?"),
    # The library itself makes these objects and gives them such a part; nobody else does.
    (r"py:class", r"multivon_eval\._(api\.recording\.PromptRecording|money\.funds\.Funds|run\.run\.Run)"),
    (r"py:class", r"multivon_eval\._(plugins\.kinds\.Kind|questions\.ask\._Completes)"),
    # Parts of contracts that nobody subclasses by themselves; the page on the kit has their tests.
    (r"py:class", r"multivon_eval\.testing\.\w+Tests"),
]

# The pages are plain Markdown, so that they read well on a repository host; anchors are made as such a host makes them.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
suppress_warnings = [
    # Each page begins with its title, but the generated prompts within pages hold headings of their own depth.
    "myst.header",
]

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
# The path under which the site is served, where that is not the root of its host.
notfound_urls_prefix = os.environ.get("DOCS_PREFIX", "/")
notfound_context = {
    "title": "There is no such page",
    "body": "<h1>There is no such page</h1><p>It may have moved. Search for it, look in the menu, or begin with "
    f'<a href="{notfound_urls_prefix}index.html">the list of pages</a>.</p>',
}

autodoc_member_order = "alphabetical"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
# Signatures give the types.
napoleon_attr_annotations = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
maximum_signature_line_length = 88

llms_txt_description = (
    "Plug-in SDK and command line that drives live conversations between synthetic users and an assistant, "
    "judges and scores them, within a hard budget."
)
llms_txt_full_build = True
# The star of keyword-only arguments.
llms_txt_suppress_unknown_node_warnings = ["abbreviation"]
linkcheck_timeout = 20
linkcheck_retries = 2


def mark_as_orphan(app: Sphinx, _tree: object) -> None:
    """Leave pages that others link to, and that stand in no menu, without a warning."""
    if app.env.docname.startswith(("changes/", "examples/")):
        app.env.metadata[app.env.docname]["orphan"] = True


def setup(app: Sphinx) -> None:
    """Listen to the build."""
    app.connect("doctree-read", mark_as_orphan)
