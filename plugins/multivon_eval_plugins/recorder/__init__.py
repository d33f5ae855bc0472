"""The prompt recorder: which prompts the system under test rendered, where, in which conversation."""
