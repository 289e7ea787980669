"""Starts a process and tells what it took: a small one, as the kernel counts whoever starts a process into its peak.

`python -I -S waiter.py FD COMMAND…` writes status, seconds and peak in KiB to that descriptor. See execve in
getrusage(2): ru_maxrss is not reset.
"""

import os
import sys
import time

descriptor, argv = int(sys.argv[1]), sys.argv[2:]
os.set_inheritable(descriptor, False)
began = time.perf_counter()
child = os.posix_spawnp(argv[0], argv, os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - began
os.write(descriptor, f"{os.waitstatus_to_exitcode(status)} {seconds} {usage.ru_maxrss}".encode())
