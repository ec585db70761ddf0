"""The rows of a file. What may change is state alone, and only through ``moves.store``; everything else is added, never edited."""

from cases.models.case import Case
from cases.models.gallery import EnrolmentFile, EnrolmentRun, Gallery, GallerySubject, GalleryThreshold
from cases.models.ground import SearchGround
from cases.models.image import Look, StoredImage
from cases.models.intake import OutsideResult, SearchRequest, SearchResult, SourceSystem
from cases.models.investigation import Investigation, InvestigationLink
from cases.models.job import Job, Swept
from cases.models.policy import (
    ObligationMet,
    Policy,
    PolicyExculpatory,
    PolicyFlag,
    PolicyNumber,
    PolicyObligation,
    PolicyOffence,
    PolicyPeriod,
    PolicyProposal,
    PolicyStatute,
    PolicyText,
    ProposedPack,
    ProposedSettlement,
)
from cases.models.probe import Probe, ProbePrint
from cases.models.record import Move, Moved, Refused, Transition
from cases.models.retention import Destruction, KeysDestroyed, LegalHold, LegalHoldLifted
from cases.models.screening import OffenceReport, Screening
from cases.models.search import Candidate, CandidateList, ProbeRefused, SealedScore, Search

__all__ = [
    "Candidate",
    "CandidateList",
    "Case",
    "Destruction",
    "EnrolmentFile",
    "EnrolmentRun",
    "Gallery",
    "GallerySubject",
    "GalleryThreshold",
    "Investigation",
    "InvestigationLink",
    "Job",
    "KeysDestroyed",
    "LegalHold",
    "LegalHoldLifted",
    "Look",
    "Move",
    "Moved",
    "ObligationMet",
    "OffenceReport",
    "OutsideResult",
    "Policy",
    "PolicyExculpatory",
    "PolicyFlag",
    "PolicyNumber",
    "PolicyObligation",
    "PolicyOffence",
    "PolicyPeriod",
    "PolicyProposal",
    "PolicyStatute",
    "PolicyText",
    "Probe",
    "ProbePrint",
    "ProbeRefused",
    "ProposedPack",
    "ProposedSettlement",
    "Refused",
    "Screening",
    "SealedScore",
    "Search",
    "SearchGround",
    "SearchRequest",
    "SearchResult",
    "SourceSystem",
    "StoredImage",
    "Swept",
    "Transition",
]
