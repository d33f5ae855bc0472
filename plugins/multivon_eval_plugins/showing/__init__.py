"""The command ``show``: a transcript as a chat in the terminal."""
