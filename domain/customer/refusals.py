"""What a customer refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class CurrencyNotCnyError(RefusalError):
    """The revenue is not in CNY, so the market cannot be told."""


class WrongValueClassError(RefusalError):
    """The value class is unknown or belongs to another market."""


class DealNotDecidedError(RefusalError):
    """The project's deal is neither won nor lost yet."""


class CaseUnknownError(RefusalError):
    """There is no such open improvement case."""


class LeadKnownError(RefusalError):
    """There is a project of that name already."""


class NotCancelledError(RefusalError):
    """The project is not cancelled."""


class ServiceNotToldError(RefusalError):
    """The support has on record nothing of the end, renewal or beginning that a note tells of."""


class CustomerMergedError(RefusalError):
    """The customer was a duplicate: what is asked of it goes to the one that stands for it."""


class MergeNotPossibleError(RefusalError):
    """The two cannot be merged: they are the same, or the other one is no customer that stands for itself."""


class ApproverNotOtherError(RefusalError):
    """The approver is the one who asks, or has not the role that the playbook names."""


class GroupCycleError(RefusalError):
    """A customer of a group would belong to itself."""


class NoProposalError(RefusalError):
    """No value class is proposed, or not under that number."""


class ServiceLineUnknownError(RefusalError):
    """The playbook has no such service line."""


class ContractKnownError(RefusalError):
    """There is a contract of that id already."""


class ContractUnknownError(RefusalError):
    """There is no such contract, or it has ended."""


class PersonUnknownError(RefusalError):
    """There is no such person on the power map."""


class ReportingCycleError(RefusalError):
    """A person on the power map would report to themselves."""


class NothingCorrectedError(RefusalError):
    """The correction changes nothing."""


class CustomerInvalidError(RefusalError):
    """The customer is invalid; nothing new is begun with it until it is qualified again."""


class NotInvalidError(RefusalError):
    """The customer is not invalid, so there is nothing to take back."""


class ReasonUnknownError(RefusalError):
    """The playbook knows no such reason for which a customer becomes invalid."""


class LossNoReasonError(RefusalError):
    """A lost deal makes no customer invalid: lose the project, not the customer."""


class EvidenceTooOldError(RefusalError):
    """The evidence is no newer than the deal that was lost, or its date is still to come."""


class StillACustomerError(RefusalError):
    """A project runs or a contract is valid: a customer like that is not invalid."""
