"""The door to simulation for tests: a pytest plug-in with the marker ``personas`` and three fixtures."""
