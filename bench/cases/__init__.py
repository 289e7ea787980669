"""One thing to be measured a file, each run as a process of its own, which prints what its work took."""
