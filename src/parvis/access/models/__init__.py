"""The data of access: accounts and rights; delegations and those who work under them; absences."""

from parvis.access.models.absences import Absence, AbsenceRight
from parvis.access.models.accounts import (
    Civility,
    Draft,
    ExpiryWarning,
    FactorReset,
    FactorResetToken,
    Link,
    LinkToken,
    Membership,
    Profile,
    Proposal,
    Right,
    TermsAcceptance,
    TermsNotice,
)
from parvis.access.models.batches import DelegationBatch
from parvis.access.models.delegations import (
    Assignment,
    DelegateVisit,
    Delegation,
    DelegationDocument,
    DelegationService,
    Portfolio,
    PortfolioClient,
    PortfolioMember,
)
from parvis.access.models.handing import Deputyship, Handover
from parvis.access.models.imports import Import
from parvis.access.models.presets import Preset, PresetRight
from parvis.access.models.requests import Opening, RightRequest
from parvis.access.models.reviews import Review, ReviewDecision, ReviewLine, RightUse, SuspendedRight

__all__ = [
    "Absence",
    "AbsenceRight",
    "Assignment",
    "Civility",
    "DelegateVisit",
    "Delegation",
    "DelegationBatch",
    "DelegationDocument",
    "DelegationService",
    "Deputyship",
    "Draft",
    "ExpiryWarning",
    "FactorReset",
    "FactorResetToken",
    "Handover",
    "Import",
    "Link",
    "LinkToken",
    "Membership",
    "Opening",
    "Portfolio",
    "PortfolioClient",
    "PortfolioMember",
    "Preset",
    "PresetRight",
    "Profile",
    "Proposal",
    "Review",
    "ReviewDecision",
    "ReviewLine",
    "Right",
    "RightRequest",
    "RightUse",
    "SuspendedRight",
    "TermsAcceptance",
    "TermsNotice",
]
