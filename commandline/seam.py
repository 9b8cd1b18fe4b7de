"""The seam between commands and the shell: exit codes, and one sentence for whatever goes wrong outside the code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn, ParamSpec

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done; refused or failed; called in a wrong way; ended by Ctrl-C."""

P = ParamSpec("P")


class FailedError(Exception):
    """What was asked for cannot be done; the message is one sentence that says why and what to do."""


class WrongUsageError(Exception):
    """The command was called in a wrong way; the message is one sentence that says what to change."""


def carry_out(command: Callable[P, int], *arguments: P.args, **options: P.kwargs) -> NoReturn:
    """Run a command and leave with its exit code.

    A problem that the user can mend is told in one sentence on standard error, with exit code 1 or, for wrong usage, 2. A
    mistake of ours keeps its traceback."""
    try:
        code = command(*arguments, **options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): that is its right. Nothing may be flushed into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(FAILED) from None
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        raise SystemExit(WRONG_USAGE if isinstance(error, WrongUsageError) else FAILED) from None
    raise SystemExit(code)


def _sentence(error: Exception) -> str | None:
    """What to tell the user; None for a mistake of ours."""
    # Imported only when something is wrong: these reach the database drivers and the YAML reader.
    from temporalio.service import RPCError

    from eventstore.port import StoreError
    from runtime.playbooks import PlaybookError
    from runtime.problems import RuntimeProblemError

    known = (FailedError, WrongUsageError, RuntimeProblemError, StoreError, PlaybookError)
    if isinstance(error, RPCError):
        return f"Temporal could not answer ({error.status.name.lower()}: {error.message}): check that it runs, and try again."
    return str(error) if isinstance(error, known) else None
