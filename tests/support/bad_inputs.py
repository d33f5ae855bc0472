"""What a user can get wrong, by kind: labels made before the code that finds it.

Each is asked of the whole command line. What it says has to name the thing, and a remedy: a person must know from it
what to write instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import attrs

from .command import ECHO, PERSONA

USUAL = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl")
EMPTY = "perhaps a variable that is not set"


@attrs.frozen
class BadInput:
    """One mistake.

    Attributes:
        name: For the test's id.
        says: What stands in what is said.
        args: The command line.
        model: The model file.
        personas: The personas file.
        files: Other files, by name.
        env: Variables.
    """

    name: str
    says: str
    args: tuple[str, ...] = USUAL
    model: str = ECHO
    personas: str | bytes = PERSONA
    files: Mapping[str, str | bytes] = attrs.field(factory=dict)
    env: Mapping[str, str] = attrs.field(factory=dict)


def change(option: str, value: str) -> tuple[str, ...]:
    """The usual command line with another value of an option."""
    args = list(USUAL)
    if option in args:
        args[args.index(option) + 1] = value
        return tuple(args)
    return (*args, option, value)


OPTIONS: dict[str, dict[str, str]] = {
    "--model-cmd": {
        "": EMPTY,
        " ": "no such file",
        "-": "no such file",
        "model.py:": "names no function",
        ":model_fn": "no such file",
        "model.py:model_fn:x": "no such file",
        "model.py:a.b": "no such file",
        "model.py:__class__": "is a class",
        "model.txt": "no such file, and no module 'model.txt'",
        "~/nope.py": "no such file",
        "x" * 300 + ".py": "no such file",
        "a\0b": "no such file",
        "os:getcwd": "takes neither the prompt nor 'messages'",
        "json": "has no 'model_fn'; known:",
        "personas.jsonl": "is no Python file",
        "nope:x": "No module named 'nope'; install it",
        "openai": "needs 'model'; give it as openai:MODEL",
        "openai:": EMPTY,
        "openai:gpt-4.1,base_url=": "base_url is ''",
        "openai:m,base_url=http://127.0.0.1:9/v1,nope=1": "has no option 'nope'; known:",
        "openai:gpt-4.1-mini": "OPENAI_API_KEY is not set",
    },
    "--personas": {
        "": EMPTY,
        " ": "names no plug-in",
        "-": "no persona source is named '-'",
        ".": "Is a directory",
        "jsonl:": EMPTY,
        "jsonl:nope": "nope: no such file",
        "jsonl:personas.jsonl,x=1": "has no option 'x'",
        "jsonl:a,path=b": "is given 'path' twice",
        "product-md:nope.md": "nope.md: no such file",
        "nope": "no persona source is named 'nope'",
        "n" * 300: "no persona source is named",
        "x\0y": "no persona source is named",
        "*.jsonl": "no such file",
    },
    "--judge": {
        "": "names no plug-in",
        ",": "names no plug-in",
        ":": "names no plug-in",
        "OFFLINE": "no judge is named 'OFFLINE'; known:",
        "nope/offline": "did you mean 'multivon-eval/offline'?",
        "a:b:c": "no judge is named 'a'",
        "offline,x=1": "has no option 'x'",
        "offline:,": EMPTY,
        "anthropic": "needs 'model'",
        "gemini:": EMPTY,
        "litellm:x": "state it with ',price_in=USD,price_out=USD'",
        "openai:m,base_url": "is no option; write key=value",
        "openai:m,=x": "is no option; write key=value",
        "openai:m,temperature=": "give a number",
        "openai:m,temperature=-1": "give a number from 0 on",
        "openai:m,temperature=nan": "give a number from 0 on",
        "openai:m,temperature=1,temperature=2": "is given twice",
        "openai:m,price_in=free": "give a number",
        "openai:m,price_in=-1,price_out=1": "give a number from 0 on",
        "openai:m,price_in=1": "give price_in and price_out together",
        "openai:m,max_tokens=0": "give 1 or more",
        "openai:m,max_tokens=1e3": "give a whole number",
        "openai:m,headers_env=5": "give a table",
        "openai:m,extra_body=[": "give a table",
        "openai:m,base_url=http://": "give it as http://host/v1",
        "openai:m,base_url=not a url": "give it as http://host/v1",
        "openai:m,base_url=http://127.0.0.1:99999/v1": "give a port from 1 to 65535",
        "openai:m,base_url=http://u:p@h/v1": "put the key into the variable",
        "openai:m,base_url=http://h/v1?api_key=x": "put it into a variable",
        "openai:m,base_url=http://127.0.0.1:9/v1,price_in=0,price_out=0": "start it or correct base_url",
        "no_such.module:Class": "No module named 'no_such'",
        "os.path:join": "make it an attrs class",
    },
    "--driver": {
        "": "names no plug-in",
        "persona-llm:x": "max_words: 'x' is str; give a whole number",
        "scripted:x": "give a list",
        "jsonl": "no driver is named 'jsonl'",
    },
    "--driver-judge": {"nope": "no judge is named 'nope'", "openai": "needs 'model'", "openai:m": "state it with"},
    "--observer": {
        "nope": "no observer is named",
        "refusals:x": "give 'rules' or 'judge'",
        "driver-faults:x": "no ARG",
    },
    "--evaluator": {
        "nope": "no evaluator is named",
        "turn consistency": "did you mean 'turn-consistency'?",
        "turn-consistency,threshold=x": "give a number",
        "turn-consistency,threshold=nan": "give a number from 0 to 1",
    },
    "--sink": {
        "jsonl": "needs 'path'",
        "jsonl:": EMPTY,
        "jsonl:.": "Is a directory",
        "jsonl:no/x": "give --out a file in a folder that exists",
        "jsonl:/proc/x": "/proc/x cannot be written",
        "terminal:x": "give a whole number",
    },
    "--budget": dict.fromkeys(["", " ", "1,000", "-0.01", "0x10", "5 USD", "NaN", "-inf"], "give USD as a number"),
    "--max-turns": {
        **dict.fromkeys(["", "-1", "1.5", "1e3", "0x5", "true"], "give a whole number from 1 on"),
        "9" * 20: "give 1000 at most",
    },
    "--max-message": {"0": "give a whole number from 1 on", "99999999999": "at most"},
    "--trials": {"-1": "give a whole number", "1.0": "give a whole number", "1" + "0" * 30: "give 1000000 at most"},
    "--concurrency": {"x": "give a whole number", "10001": "give 10000 at most"},
    "--timeout": dict.fromkeys(["", "-1", "inf", "1s", "nan"], "give seconds, more than 0"),
    "--patience": dict.fromkeys(["", "-1", "inf", "x"], "give seconds, 0 or more"),
    "--seed": dict.fromkeys(["", "1.5", "abc", str(2**70)], "give a whole number of 63 bits"),
    "--judge-votes": {"0": "give a whole number", "2": "give an odd number", "101": "give 99 at most"},
    "--out": {
        "": EMPTY,
        ".": "Is a directory",
        "no/x": "in a folder that exists",
        "model.py": "would overwrite model.py",
        "personas.jsonl": "would overwrite personas.jsonl",
        "model.py/x": "Not a directory",
        "x\0y": "cannot be written",
        "n" * 256: "too long",
        "/proc/nope": "/proc/nope cannot be written",
    },
    "--fail-under": {
        **dict.fromkeys(["", "=", "goal_achieved=", "=0.5", "goal_achieved=nan", "goal_achieved=1=2"], "METRIC=VALUE"),
        "nope=0.5": "nothing measures it; known:",
        "goal rat=1": "did you mean 'goal_rate'?",
        "conversation_completeness=1": "add --evaluator conversation-completeness",
    },
    "--until": {
        "": EMPTY,
        **dict.fromkeys(
            ["goal_rate", ">=0.5", "goal_rate>0.5", "goal_rate=0.5", "goal_rate>=", "goal_rate>=80"], "write METRIC>="
        ),
        **dict.fromkeys(["goal_rate>=nan", "goal_rate>=0.5>=0.6", "goal_rate>=-1", "goal_rate==0.5"], "write METRIC>="),
        "nope>=0.5": "nothing measures 'nope'",
        "pass^3>=0.5": "nothing measures 'pass^3'",
        "turn_consistenc>=0.5": "did you mean 'turn_consistency'?",
        "width>=0.1": "write width<=VALUE",
        "width<=0": "with a value above 0",
    },
    "--calibration": {
        "": EMPTY,
        ".": "Is a directory",
        "nope.json": "give a file that multivon-eval calibrate --out wrote",
        "model.py": "not JSON",
        "personas.jsonl": "no calibration; give a file",
        "x\0y": "give a file that multivon-eval calibrate --out wrote",
    },
    "--baseline": {
        "": EMPTY,
        ".": "Is a directory",
        "nope.jsonl": "give a file that simulate wrote",
        "model.py": "not JSON",
        "personas.jsonl": "schema_version",
        "x\0y": "cannot be read",
    },
    "--fail-on": {"": "the only thing to fail on is regression", "regression": "add --baseline FILE"},
    "--max-error-rate": dict.fromkeys(["", "x", "-0.1", "1.1", "nan"], "give a share from 0 to 1"),
    "--without": {"nope": "no hook is named 'nope'", "prompt-recorder,x": "did you mean 'prompt-recorder'?"},
    "--propose-from": {"": EMPTY, "nope.md": "contradict each other"},
    "--n-personas": {"3": "add --propose-from"},
}


def _persona(**changes: object) -> str:
    row = json.loads(PERSONA) | changes
    return json.dumps({key: value for key, value in row.items() if value is not ...})


PERSONAS: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "no persona in it"),
    "comments": ("# x\n", "no persona in it"),
    "a byte order mark": ("\ufeff", "no persona in it"),
    "a list": ("[]", "a list, not an object"),
    "deep": ("[" * 3000 + "]" * 3000, "not JSON"),
    "a number too big": ('{"name": ' + "9" * 6000 + "}", "not JSON"),
    "YAML": ("- name: x\n  goal: y\n", "write one persona as {...} on a line of its own"),
    "CSV": ("name,goal\na,b\n", "write one persona as {...} on a line of its own"),
    "over lines": (json.dumps(json.loads(PERSONA), indent=1), "also the lines up to 6"),
    "a comma": (PERSONA.strip() + ",", "not JSON"),
    "quotes": ("{'name': 'x'}", "not JSON"),
    "UTF-16": (PERSONA.encode("utf-16"), "save the file as UTF-8"),
    "binary": (bytes(range(256)), "save the file as UTF-8"),
    "a key twice": ('{"name": "b", ' + PERSONA[1:], "'name' stands twice"),
    "a name twice": (PERSONA * 2, "give each persona a name of its own"),
    "no name": (_persona(name=...), "'name' is missing"),
    "a blank name": (_persona(name=" "), "'name' is empty"),
    "an unknown key": (_persona(nam="x"), "did you mean 'name'?"),
    "traits as text": (_persona(traits="x"), "give it as a list of strings"),
    "an empty trait": (_persona(traits=[""]), "fill it in or take it out"),
    "no criteria": (_persona(success_criteria=[]), "'success_criteria' is empty"),
    "criteria in criteria": (_persona(success_criteria=[["x"]]), "give it as a string"),
    "a script of objects": (_persona(script=[{}]), "give it as a string"),
    "a role": (_persona(history=[{"role": "tool", "content": "x"}]), "give 'user' or 'assistant'"),
    "metadata": (_persona(metadata=[]), "give it as an object"),
}

MODELS: dict[str, tuple[str, str]] = {
    "syntax": ("def (", "SyntaxError"),
    "raises": ("raise ValueError('x')", "ValueError: x"),
    "exits": ("raise SystemExit(0)", "SystemExit: 0"),
    "panics": ("class B(BaseException): pass\nraise B('x')", "B: x"),
    "recurses": ("def f(): f()\nf()", "RecursionError"),
    "lacks a module": ("import no_such", "No module named 'no_such'"),
    "a null byte": ("a\0b", "null bytes"),
    "nothing": ("", "has no 'model_fn'; known: none"),
    "another name": ("def reply(p): return 'x'", "known: reply; name one as model.py:NAME"),
    "no function": ("model_fn = 5", "is int, not a function"),
    "a module that raises": ("def __getattr__(name): raise RuntimeError('x')", "RuntimeError: x"),
    "no argument": ("def model_fn(): pass", "takes neither the prompt nor 'messages'"),
    "two arguments": ("def model_fn(a, b): pass", "wants 2 arguments"),
    "a keyword": ("def model_fn(p, *, k): pass", "wants the keyword 'k'"),
    "a class": ("class model_fn:\n    def __init__(self, x): pass", "give an object of it that can be called"),
    "a generator": ("def model_fn(prompt):\n    yield 'x'", "gather its parts and return them"),
    "an asynchronous one": ("async def model_fn(prompt):\n    yield 'x'", "gather its parts and return them"),
}

TABLES: dict[str, tuple[str, str]] = {
    "no TOML": ("[tool.multivon-eval\n", "not TOML"),
    "no table": ("tool.multivon-eval=5\n", "is no table"),
    "no table of a command": ("[tool.multivon-eval]\nsimulate=5\n", "is no table"),
    "an unknown key": ("[tool.multivon-eval]\nnope=1\n", "there is no option 'nope'"),
    "an unknown command": ("[tool.multivon-eval.simulat]\nmax_turns=1\n", "did you mean 'simulate'?"),
    "once only": ("[tool.multivon-eval]\nresume='yes'\n", "there is no option 'resume'"),
    "a list": ("[tool.multivon-eval]\nmax_turns=[1]\n", "give a string or a number"),
    "truth": ("[tool.multivon-eval]\nmax_turns=true\n", "give a string or a number"),
    "a date": ("[tool.multivon-eval]\nseed=2020-01-01\n", "give a string or a number"),
    "numbers": ("[tool.multivon-eval]\nevaluator=[5]\n", "give a list of strings"),
    "a fraction": ("[tool.multivon-eval]\nmax-turns=1.5\n", "give a whole number"),
    "no end": ("[tool.multivon-eval]\ntimeout=inf\n", "give seconds"),
}

VARIABLES: dict[tuple[str, str], str] = {
    ("MULTIVON_EVAL_MAX_TURNS", "x"): "max-turns is 'x'",
    ("MULTIVON_EVAL_BUDGET", "much"): "the budget is 'much'",
    ("MULTIVON_EVAL_JUDGE", "nope"): "no judge is named 'nope'",
    ("MULTIVON_EVAL_EVALUATOR", "nope"): "no evaluator is named 'nope'",
    ("MULTIVON_EVAL_SIMULATE_TRIALS", "0"): "trials is 0",
    ("OPENAI_API_KEY", " "): "OPENAI_API_KEY is not set",
    ("ANTHROPIC_API_KEY", "a\nb"): "set it to the key alone",
}

_PROPOSE = ("simulate", "--model-cmd", "model.py", "--propose-from", "PRODUCT.md")
COMMANDS: dict[tuple[str, ...], str] = {
    ("simulat",): "did you mean 'simulate'?",
    ("-",): "No such command",
    ("--versionx",): "--version",
    ("simulate",): "--model-cmd is missing",
    (*USUAL, "x"): "unexpected extra argument (x)",
    (*USUAL, "--budget"): "requires an argument",
    (*USUAL, "--quiet=yes"): "does not take a value",
    (*USUAL, "--max-turn", "3"): "--max-turns",
    (*USUAL, "--resume", "--overwrite"): "contradict each other",
    (*USUAL, "--retry-failed"): "leave out --retry-failed",
    (*USUAL[:-2], "--resume"): "--resume needs --out with a file",
    (*change("--out", "-"), "--resume"): "--resume needs --out with a file",
    (*change("--out", "-"), "--json"): "both write to standard output",
    (*USUAL, "--evaluator", "turn-consistency", "--evaluator", "turn_consistency"): "is named twice",
    (*USUAL, "--sink", "jsonl:a", "--sink", "jsonl:a"): "is named twice",
    (*USUAL, "--observer", "refusals", "--observer", "refusals"): "is named twice",
    (*USUAL, "--propose-from", "PRODUCT.md"): "contradict each other",
    (*_PROPOSE, "--n-personas", "0"): "give 1 to 30",
    (*_PROPOSE, "--n-personas", "x"): "give a whole number",
    ("score",): "the file of results is missing",
    ("score", "nope", "--out", "x"): "give a file that simulate wrote",
    ("score", ".", "--out", "x"): "Is a directory",
    ("score", "personas.jsonl", "--out", "x"): "schema_version",
    ("score", "personas.jsonl", "--out", "personas.jsonl"): "would overwrite personas.jsonl",
    ("init", "model.py"): "is a file",
    ("plugins", "x"): "no plug-in is named 'x'",
    ("propose",): "Missing argument",
    ("propose", "nope.md"): "no such file",
    ("propose", "PRODUCT.md", "--out", "."): "is a directory",
    ("propose", "PRODUCT.md", "--judge", "nope"): "no judge is named 'nope'",
    ("propose", "PRODUCT.md", "--budget", "x"): "give USD as a number",
    ("label",): "the file of results is missing",
    ("label", "nope", "--out", "x"): "give a file that simulate wrote",
    ("label", "model.py", "--out", "x"): "not JSON",
    ("label", "personas.jsonl"): "--out is missing; name the file",
    ("label", "personas.jsonl", "--out", "personas.jsonl"): "would overwrite personas.jsonl",
    ("label", "personas.jsonl", "--out", "model.py"): "model.py:1: not JSON",
    ("label", "personas.jsonl", "--out", "x\0y"): "cannot be written",
    ("label", "personas.jsonl", "--out", "x", "--n", ""): "give a whole number from 1",
    ("label", "x\0y", "--out", "x"): "cannot be read",
    ("show",): "Missing argument",
    ("show", "nope"): "nope: cannot be read",
    ("show", "model.py"): "model.py:1: not JSON",
    ("show", "personas.jsonl"): "schema_version",
    ("compare",): "Missing argument",
    ("compare", "nope", "nope"): "nope: cannot be read",
    ("compare", "personas.jsonl", "model.py"): "model.py:1: not JSON",
    ("compare", "model.py", ".", "--fail-on", "x"): "the only thing to fail on is regression",
    ("compare", ".", ".", "--max-unmeasured", "2"): "give a share from 0 to 1",
    ("compare", ".", ".", "--json", "--markdown"): "both write to standard output",
    ("compare", ".", ".", "--calibration", "nope"): "give a file that multivon-eval calibrate --out wrote",
    ("calibrate",): "Missing argument",
    ("calibrate", "personas.jsonl"): "Missing option '--labels'",
    ("calibrate", "nope", "--labels", "personas.jsonl"): "nope: cannot be read",
    ("calibrate", "nope", "--labels", "personas.jsonl", "--out", "."): "is a directory",
    ("calibrate", "nope", "--labels", "nope", "--out", "no/x"): "in a folder that exists",
    ("calibrate", "nope", "--labels", "personas.jsonl", "--out", "personas.jsonl"): "is a file that is read",
    ("calibrate", "nope", "--labels", "personas.jsonl", "--fail-under", "kapa=0.5"): "did you mean 'kappa'?",
    ("calibrate", "nope", "--labels", "personas.jsonl", "--fail-under", "kappa"): "METRIC=VALUE",
    ("report",): "the file of results is missing",
    ("report", ""): "cannot be read",
    ("report", "nope", "--sink", "csv:x"): "nope: cannot be read",
    ("report", "model.py"): "model.py:1: not JSON",
    ("report", "personas.jsonl"): "schema_version",
    ("report", "nope", "nope"): "is named twice",
    ("report", "nope", "--baseline", ""): f"--baseline is empty, {EMPTY}",
    ("report", "nope", "--baseline", "."): "Is a directory",
    ("report", "nope", "--calibration", "nope"): "give a file that multivon-eval calibrate --out wrote",
    ("report", "nope", "--sink", "nope"): "no sink is named 'nope'",
    ("report", "nope", "--sink", "csv"): "needs 'path'",
    ("report", "nope", "--sink", "csv:."): "Is a directory",
    ("report", "nope", "--sink", "csv:no/x"): "in a folder that exists",
    ("report", "personas.jsonl", "--sink", "csv:personas.jsonl"): "would overwrite personas.jsonl",
    ("report", "nope", "--sink", "csv:x", "--sink", "junit:x"): "would write into one file",
    ("report", "nope", "--sink", "markdown:-", "--json"): "both write to standard output",
    ("report", "nope", "--sink", "parquet:-"): "name a file",
    ("staleness", "x"): "No such command",
    ("staleness", "stamp"): "say --from-recordings",
    ("staleness", "stamp", "--from-recordings", "nope.jsonl"): "cannot be read",
    ("staleness", "stamp", "--from-recordings", "personas.jsonl"): "holds no recording",
}

DOCUMENTS: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "describe the product"),
    "blanks": (" \n", "describe the product"),
    "UTF-16": ("# x".encode("utf-16"), "save the file as UTF-8"),
}


def list_bad_inputs() -> Iterator[BadInput]:
    """All of them."""
    for option, values in OPTIONS.items():
        for value, says in values.items():
            yield BadInput(f"{option} {value[:40]!r}", says, change(option, value))
    for name, (text, says) in PERSONAS.items():
        yield BadInput(f"personas: {name}", says, personas=text)
    for name, (source, says) in MODELS.items():
        yield BadInput(f"model: {name}", says, model=source)
    for name, (table, says) in TABLES.items():
        yield BadInput(f"pyproject.toml: {name}", says, files={"pyproject.toml": table})
    for (name, value), says in VARIABLES.items():
        yield BadInput(f"{name}={value!r}", says, env={name: value})
    for args, says in COMMANDS.items():
        yield BadInput(" ".join(args), says, args)
    for name, (document, says) in DOCUMENTS.items():
        yield BadInput(f"document: {name}", says, _PROPOSE, files={"PRODUCT.md": document})
