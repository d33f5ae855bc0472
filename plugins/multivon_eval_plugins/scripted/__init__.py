"""The driver that says what stands in a script."""
