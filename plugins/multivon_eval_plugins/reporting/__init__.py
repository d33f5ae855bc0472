"""Reports on saved results."""
