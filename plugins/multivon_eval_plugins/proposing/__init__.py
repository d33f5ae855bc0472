"""Personas from the description of a product: the question, the source and the command."""
