"""Methods of statistics, each a function of numbers: no file, no plug-in, no money."""
