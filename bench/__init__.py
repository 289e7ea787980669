"""What is claimed about speed, as commands: `make bench` measures it here and now, and writes docs/performance.md."""
