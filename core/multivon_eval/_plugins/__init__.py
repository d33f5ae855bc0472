"""Finding and building plug-ins."""
