"""The command ``plugins new``: a project of one plug-in, with its tests."""
