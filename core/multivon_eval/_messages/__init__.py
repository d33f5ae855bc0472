"""Messages in the forms of others, both ways."""
