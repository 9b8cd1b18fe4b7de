"""The seam: exit codes, and one sentence for whatever goes wrong outside the code."""

from __future__ import annotations

import pytest
from temporalio.service import RPCError, RPCStatusCode

from commandline.seam import FailedError, WrongUsageError, carry_out
from eventstore.port import StoreUnavailableError
from runtime.playbooks import PlaybookError
from runtime.problems import SettingsError


def _code(error: BaseException | None = None, code: int = 0) -> int:
    def command() -> int:
        if error:
            raise error
        return code

    with pytest.raises(SystemExit) as left:
        carry_out(command)
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize("code", [0, 1])
def test_a_command_leaves_with_its_own_code(code: int) -> None:
    assert _code(code=code) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FailedError("Do this."), 1),
        (SettingsError("Do this."), 1),
        (StoreUnavailableError("Do this."), 1),
        (PlaybookError(["Do this."]), 1),
        (WrongUsageError("Do this."), 2),
    ],
)
def test_what_the_user_can_mend_is_told_in_one_sentence(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _code(error) == code
    assert capsys.readouterr() == ("", "Do this.\n")


def test_a_temporal_that_fails_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code(RPCError("gone", RPCStatusCode.UNAVAILABLE, b"")) == 1
    assert capsys.readouterr().err == "Temporal could not answer (unavailable: gone): check that it runs, and try again.\n"


def test_ctrl_c_leaves_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    def command() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry_out(command)
