"""Plug-ins for multivon-eval, made outside of it."""
