"""A module that waits when it is imported, as libraries do that look for another library or a program."""

import time

time.sleep(0)
