"""What is asked of a customer, and what happens to it, where it is to be won back."""

from __future__ import annotations

from domain.reactivating import HoldOutBroken, NoteReactivation, ReactivationReported, ReactivationStarted, StartReactivation
from domain.recovering import NoteKeptContact, NoteRecovery, RecoveryReported, RecoveryStarted

WakingCommands = StartReactivation | NoteReactivation | NoteRecovery | NoteKeptContact
"""The commands of this part of the customer."""
WakingEvents = ReactivationStarted | HoldOutBroken | ReactivationReported | RecoveryStarted | RecoveryReported
"""The events of this part of the customer."""
