"""Whether a reply declines: the observer, the question to a judge, the rules and their languages."""
