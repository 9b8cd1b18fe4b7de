"""Lists in pages: how a page says where to go on, and what is said when there is no such place."""

from __future__ import annotations

from rich.console import Console

from commandline.seam import FailedError


def tell_next(out: Console, shown: int, count: int, following: str) -> None:
    """Say how to see what comes after this page; nothing on the last one."""
    if following:
        out.print(f"{shown} of {count} are shown 已列出; go on with 续看 --after {following}, or more at once 或 --limit.")


def no_place(after: str | None) -> FailedError:
    """There is nothing to go on after."""
    return FailedError(f"There is no place {after!r} to go on after: give what the last page ended with, in the same order.")
