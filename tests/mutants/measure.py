"""Hold all planted plug-ins against the kit: ``python -m mutants.measure`` with ``tests`` on PYTHONPATH."""

from __future__ import annotations

import sys
from collections import defaultdict

from . import load_all
from .planted import PLANTED, RIGHT, Mutant


def list_faults(told: dict[int, set[str]]) -> list[str]:
    """Say which mutants are not caught by their test, and which standard tests no mutant is caught by alone."""
    from multivon_eval.testing import problems, standard_tests

    from .planted import key_of

    faults = [f"{one.wrong}: not caught by {one.test}" for one in PLANTED if one.test not in told[id(one)]]
    alone = {one.key for one in PLANTED if told[id(one)] == {one.test}}
    known = {key_of(one.tests, test.name) for one in PLANTED for test in standard_tests(one.tests)}
    faults += [f"{key}: no mutant is caught by it alone" for key in sorted(known - alone)]
    for what, tests in RIGHT:
        faults += [f"right, and failed: {what}: {problem}" for problem in problems(tests)]
    return faults


def main() -> int:
    """Print a table of all mutants, and what is wrong with the kit."""
    load_all()
    told = {id(one): {problem.test for problem in one.find_problems()} for one in PLANTED}
    by_contract: dict[str, list[Mutant]] = defaultdict(list)
    for one in PLANTED:
        by_contract[one.tests.__mro__[1].__name__].append(one)
    for contract, mutants in by_contract.items():
        print(f"\n{contract}")
        for one in mutants:
            caught = one.test in told[id(one)]
            others = sorted(told[id(one)] - {one.test})
            also = f" (and {', '.join(name.removeprefix('test_') for name in others)})" if others else ""
            print(f"  {'caught' if caught else 'MISSED'}  {one.wrong}: {one.test.removeprefix('test_')}{also}")
    faults = list_faults(told)
    caught = sum(one.test in told[id(one)] for one in PLANTED)
    print(
        f"\ncaught / planted: {caught} / {len(PLANTED)}; right in an unusual way and passed: "
        f"{len(RIGHT) - len({fault.split(': ')[1] for fault in faults if fault.startswith('right')})} / {len(RIGHT)}"
    )
    for fault in faults:
        print(f"  {fault}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
