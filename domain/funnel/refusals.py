"""What is refused, by name, about the deal."""

from __future__ import annotations

from domain.refusals import RefusalError


class DealClosedError(RefusalError):
    """The deal is decided: nothing more is recorded on it."""


class DealNotLostError(RefusalError):
    """Only a lost deal is reopened."""


class DealShelvedError(RefusalError):
    """The deal is on the shelf."""


class DealNotShelvedError(RefusalError):
    """There is nothing to resume."""


class CriterionUnknownError(RefusalError):
    """No stage of the playbook asks for that evidence."""


class ProductAskedAlreadyError(RefusalError):
    """The product division is asked about that already, and has not answered."""


class AnswerKnownError(RefusalError):
    """The criterion has its evidence already."""


class EvidenceRoleError(RefusalError):
    """The evidence of that criterion is brought by its own role only."""


class QuoteNeededError(RefusalError):
    """That criterion is met by a quote inside its limits or by an approval, not by a document."""


class EvidenceUnknownError(RefusalError):
    """No evidence of that id holds."""


class EvidencePassedError(RefusalError):
    """The gate that the evidence opened is behind the deal: it is withdrawn by a step back."""


class StageUnknownError(RefusalError):
    """The stage named is not one that the command can lead to."""


class ReturnGroundlessError(RefusalError):
    """After a step back the gate would stand open: no evidence of it was withdrawn."""


class SkipNotAllowedError(RefusalError):
    """The playbook does not let that role skip that stage."""


class SelfApprovalError(RefusalError):
    """Nobody approves what they ask for themselves, nor what is asked for their own deal."""


class ApproverRoleError(RefusalError):
    """The approval is another role's."""


class ApprovalUnknownError(RefusalError):
    """No approval of that id is open."""


class ApprovalNotNeededError(RefusalError):
    """There is nothing to be approved now, or it has been asked for already."""


class NothingChangedSinceRefusalError(RefusalError):
    """An approval that was refused is not asked for again until something has changed."""


class QuoteInconsistentError(RefusalError):
    """The amounts of a quote do not fit together."""


class QuotePassedError(RefusalError):
    """The gate that the price opened is behind the deal: a price outside its limits needs a step back first."""


class ProductLineNotNamedError(RefusalError):
    """The stage is not left before the deal names its product line: its unit must be enabled for it."""


class ProductLineNamedAlreadyError(RefusalError):
    """The deal sells that product line already."""


class UnitNotEnabledError(RefusalError):
    """The stage is not left before the deal's unit is enabled for its product line."""
