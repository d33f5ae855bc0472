"""The executor ``ray``: conversations in the processes of a Ray cluster."""
