"""The command ``label``: a blind sample of conversations, labelled by a person in the terminal."""
