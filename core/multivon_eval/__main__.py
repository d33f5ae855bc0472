"""``python -m multivon_eval``."""

from ._cli.main import main

main()
