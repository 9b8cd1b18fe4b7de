"""What can be wrong around the engine, told to the person who can put it right."""

from __future__ import annotations


class RuntimeProblemError(Exception):
    """Something outside the code is not as it must be. The message is one sentence for the user: what is wrong and what to do.

    The command line shows the message of every subclass as it is, without a traceback.
    """


class SettingsError(RuntimeProblemError):
    """A setting has a value that cannot be used."""


class TemporalUnreachableError(RuntimeProblemError):
    """No Temporal answers where the settings say that it is, or it does not let us in."""


class EmbeddedServerError(RuntimeProblemError):
    """The embedded Temporal server cannot be started on this machine, or not now."""
