"""The straight line: personas, conversation, verdict, scoring, delivery."""
