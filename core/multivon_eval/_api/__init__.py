"""The doors for those who embed."""
