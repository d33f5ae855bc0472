"""A model plays the persona: the driver, its prompt and traits, and the observer of its faults."""
