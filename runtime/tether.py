"""Run a program that dies with its parent: `python -I -S runtime/tether.py PARENT_PID PROGRAM ARGUMENT…`.

On Linux the kernel kills the program when the parent ends, even by `kill -9`. Elsewhere nothing does; the pid file that
`runtime/embedded.py` keeps finds a server that was left behind. A program of its own instead of a `preexec_fn`: running Python
between fork and exec can block for ever in a process with threads, and the Temporal client has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, then become the program. Never returns."""
    parent, program, *_ = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != int(parent):  # it ended before we were tied to it
            sys.exit(1)
    os.execv(program, arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
