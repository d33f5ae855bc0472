"""The record on disk from which a killed run goes on."""
