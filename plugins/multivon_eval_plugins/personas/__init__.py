"""Persona sources."""
