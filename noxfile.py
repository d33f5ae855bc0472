"""What developers and CI run. ``nox -l`` lists it; ``nox -s tests -- -k ledger`` passes arguments on to pytest."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_external_run = True
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint", "typing"]

PROJECT = nox.project.load_toml("pyproject.toml")
ON_ALL_CORES = ("-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal")
BELONGS = re.compile(
    r"multivon_eval(_plugins)?/([\w/]+\.py|py\.typed|(result|summary)\.schema\.json|roleplay/voice\.json|commands/template/[\w.]+|scaffolding/template/[\w.-]+/[\w.]+|html_report/assets/[\w.]+)"
    r"|multivon_eval-[^/]+\.dist-info/.+"
)
"""What the wheel may hold: the two packages and what describes them."""
PYTHONS = [
    line.rpartition(" ")[2] for line in PROJECT["project"]["classifiers"] if re.search(r":: Python :: 3\.\d+$", line)
]
"""Those that the classifiers promise."""
DISTRIBUTIONS = sorted(
    path.parent for folder in ("plugins", "tests/third_party") for path in Path(folder).glob("*/pyproject.toml")
)
"""What stands beside the wheel: our plug-ins in distributions of their own, and somebody else's."""
KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")


def group(name: str) -> tuple[str, ...]:
    """The requirements of a dependency group."""
    return tuple(nox.project.dependency_groups(PROJECT, name))


def run_tests(session: nox.Session, *args: str) -> None:
    """Run pytest without anybody's keys, on all cores."""
    env = dict.fromkeys(KEYS, "")
    session.run("pytest", *(args or ON_ALL_CORES), *session.posargs, env=env)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests that start no process and are quick: what takes seconds, for while you work."""
    session.install("-e", ".", *group("test"))
    run_tests(session, "-m", "not process and not slow", *ON_ALL_CORES)


@nox.session
def suite(session: nox.Session) -> None:
    """Build and install the project, and run all of its tests."""
    session.install(".", *group("test"))
    run_tests(session)


@nox.session(python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """Run all tests with each Python that the classifiers promise and that is at hand."""
    session.install(".", *group("test"))
    run_tests(session)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run all tests and see how much of the code they reach, branches and other processes included."""
    session.install(".", *group("coverage"))
    env = {**dict.fromkeys(KEYS, ""), "COVERAGE_FILE": str(Path(session.create_tmp(), "coverage").resolve())}
    session.run("coverage", "erase", env=env)
    session.run(
        "coverage", "run", "-m", "pytest", "-q", "-m", "not unmeasured", *ON_ALL_CORES, *session.posargs, env=env
    )
    session.run("coverage", "combine", "--quiet", env=env)
    session.run("coverage", "report", env=env)


@nox.session
def changelog(session: nox.Session) -> None:
    """Show what CHANGELOG.md will say; ``-- --version 0.2.0 --yes`` writes it and takes the fragments away."""
    session.install(*group("lint"))
    session.run("towncrier", "build", *(session.posargs or ("--draft", "--version", "next")))


@nox.session
def explore(session: nox.Session) -> None:
    """Run the property tests with examples that differ each time, and kill more runs than CI does.

    What it finds becomes an example of the suite.
    """
    session.install(".", *group("test"))
    run_tests(session, "-m", "hypothesis", "--hypothesis-profile=explore", *ON_ALL_CORES)
    session.env["KILL_SETS"] = "5"
    run_tests(session, "tests/slow", "-s")


@nox.session(venv_backend="uv")
def minimums(session: nox.Session) -> None:
    """Run the tests with the oldest versions of the dependencies that are allowed; only uv can resolve them."""
    session.install(".", *group("test"), "--resolution=lowest-direct")
    session.run("uv", "pip", "list", external=True)
    run_tests(session)


@nox.session
def kills(session: nox.Session) -> None:
    """Kill runs at random and at chosen moments, damage their files and resume them, against another process.

    And what else takes longer than the suite may: runs that are cancelled, each module imported alone, patterns in
    linear time, workers of pytest, pages that are projects.
    """
    session.install(".", *group("test"))
    run_tests(session, "tests/slow", "-s")


@nox.session
def ray(session: nox.Session) -> None:
    """Hold conversations on a real Ray with two nodes on this machine, and kill workers, nodes and runs."""
    session.install(".[ray]", *group("test"))
    run_tests(session, "tests/on_ray", "-s")


@nox.session
def mutants(session: nox.Session) -> None:
    """Hold wrong plug-ins against the whole kit: each is caught by its test, and each test catches one alone."""
    session.install(".", *group("test"))
    session.run("python", "-m", "mutants.measure", env={"PYTHONPATH": str(Path("tests").resolve())})


@nox.session
def statistics(session: nox.Session) -> None:
    """See how often the intervals hold what is true, and compare the numbers with those of other libraries."""
    session.install(".", *group("test"), *group("oracles"))
    run_tests(session, "tests/statistics", "-s", "-n", "2", "--dist", "worksteal")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure a run beside bare loops, a report in a browser, and two shards and workers on Ray beside one process.

    ``-- --quick`` is for a first look, ``-- --burn`` only for shards and Ray where the system needs the CPU;
    ``-- --scale 1000 10000 -- --executor local`` measures memory and time at so many conversations, with what stands
    behind the second ``--`` added to ``simulate``.
    """
    session.install(".[ray]", "openai>=2.8", "playwright>=1.65", "pytest>=8.2")
    session.run("python", "-m", "benchmarks", *session.posargs, env={"PYTHONPATH": str(Path("tests").resolve())})


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and see that it holds what it should, and works away from the sources."""
    session.install("build", "twine", "hatchling")
    dist = Path(session.create_tmp()) / "dist"
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(dist), ".", silent=True)
    session.run("twine", "check", "--strict", *(str(path) for path in dist.iterdir()))
    for path in dist.glob("*.whl"):
        strays = [name for name in zipfile.ZipFile(path).namelist() if not BELONGS.fullmatch(name)]
        if strays:
            session.error(f"the wheel holds what it should not: {', '.join(strays)}")
        session.install(str(path))
    examples = Path("docs/examples").resolve()
    with session.chdir(session.create_tmp()):
        session.run("multivon-eval", "plugins", "--check")
        session.run(
            "multivon-eval",
            "simulate",
            f"--model-cmd={examples / 'refund_bot.py'}",
            f"--personas={examples / 'personas.jsonl'}",
            "--out=results.jsonl",
            env=dict.fromkeys(KEYS, ""),
        )


@nox.session(venv_backend="uv")
@nox.parametrize("folder", [nox.param(str(folder), id=folder.name) for folder in DISTRIBUTIONS])
def plugins(session: nox.Session, folder: str) -> None:
    """Test each distribution beside the core: its wheel and the core's, in an environment of its own.

    ``nox -s "plugins(multivon-eval-inspect)"`` tests one. What its tests need stands in its dependency group ``test``,
    and with settings for mypy its types are checked.
    """
    project = nox.project.load_toml(Path(folder) / "pyproject.toml")
    wheels = Path(session.create_tmp()).resolve() / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    for source in (".", folder):
        session.run("uv", "build", "--quiet", "--wheel", "--out-dir", str(wheels), source, external=True)
    needs = nox.project.dependency_groups(project, "test") if "dependency-groups" in project else ("pytest>=8.2",)
    session.install(*(str(wheel) for wheel in wheels.glob("*.whl")), *needs)
    with session.chdir(folder):
        if "mypy" in project["tool"]:
            session.run("mypy")
        session.run("pytest", *session.posargs, env={**dict.fromkeys(KEYS, ""), "PYTHONPATH": ""})


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site with warnings as errors: a link to a page, heading, file or name that is not there is one.

    ``-- linkcheck`` follows the links that lead elsewhere instead, which takes a network.
    """
    session.install("-e", ".", *group("docs"))
    builder = session.posargs[0] if session.posargs else "html"
    out = Path(session.create_tmp(), builder).resolve()
    trees = str(out.with_name("trees"))
    session.run("sphinx-build", "-b", builder, "-W", "-n", "-E", "--keep-going", "-q", "-d", trees, "docs", str(out))
    session.log(f"the site is in {out}")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting, and that each fragment of the changelog is of a known type."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("towncrier", "build", "--draft", "--version", "next", silent=True)


def write_projects(session: nox.Session) -> Path:
    """Write a project of each kind with ``plugins new``, as strangers get it."""
    folder = Path(session.create_tmp(), "projects").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    for kind in ("persona-source", "driver", "judge", "evaluator", "observer", "sink", "executor", "hook", "command"):
        project = str(folder / f"acme-{kind}")
        session.run("multivon-eval", "plugins", "new", kind, f"acme-{kind}", "--dir", project, silent=True)
    return folder


@nox.session
def typing(session: nox.Session) -> None:
    """Check types: mypy strict on both packages, pyright on the public doors, both on the typing programs.

    It fails if a public name, or what it refers to, has no type of its own; or if what ``plugins new`` writes is not
    typed and tidy in the same way.
    """
    session.install("-e", ".", *group("typing"), "ruff>=0.11")
    session.run("mypy")
    session.run("mypy", "tests/typing")
    projects = write_projects(session)
    parts = [str(path) for part in ("src", "tests") for path in sorted(projects.glob(f"*/{part}"))]
    session.run("mypy", "--config-file=", "--strict", *parts)
    session.run("ruff", "check", str(projects))
    session.run("ruff", "format", "--check", str(projects))
    session.run("pyright")
    session.run("pyright", "--verifytypes", "multivon_eval", "--ignoreexternal")
