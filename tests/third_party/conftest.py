"""What stands here is somebody else's: its tests run with its own settings, in ``contracts/test_third_party.py``."""

collect_ignore = ["acme_eval"]
