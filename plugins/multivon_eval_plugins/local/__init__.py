"""Holding conversations in the process of the run."""
