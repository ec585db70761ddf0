"""What people found: probe checks, examinations, conclusions, leads, evidence, countersignatures. Added, never edited."""

from review.models.bundle import BundleKept, BundleMade, BundleWanted
from review.models.certificate import Certificate, CertificateCheck
from review.models.countersignature import Countersignature, Decision, LinkedLead, OutsideGate
from review.models.court import CourtUse
from review.models.discovery import DiscoveryAnswer, DiscoveryItem, DiscoveryReceipt, DiscoveryRequest, DiscoveryService
from review.models.disposition import Disposition
from review.models.dissemination import Dissemination
from review.models.draft import Draft, Marks
from review.models.evidence import (
    Closing,
    Edge,
    Evidence,
    EvidenceKind,
    ExistingWarrant,
    Fixing,
    HoldDecision,
    RivalWeighed,
    Statement,
)
from review.models.examination import Conclusion, Drawn, Sorting
from review.models.lead import CandidateEnd, Lead, LeadEnd
from review.models.non_mate import ConclusionSetAside, NonMate, NonMateRating, NonMateShown, NonMateSorting, SetAside
from review.models.note_words import NoteWords
from review.models.notices import NoticeMailed, NoticesRead
from review.models.probe_check import ProbeCheck
from review.models.procedure import Custody, LegalView, LineUpForm, LineUpHeld, Papers, Recheck, Release
from review.models.reexamination import (
    Reexamination,
    ReexaminationDraft,
    ReexaminationEnd,
    ReexaminationHold,
    ReexaminationNonMate,
    ReexaminationResult,
    ReexaminationStep,
    ReexaminationTold,
    ReexaminationTurn,
    ReexaminationWaiting,
)
from review.models.seed import Practice, PracticeAnswer, PracticePicture, Reveal, RevealedSeed, SealedSeed, SeedPace, SeedStock
from review.models.stepping_back import Recusal, SealedReason
from review.models.tables import Action, CountersignatureTransition
from review.models.turn import GivenBack, TurnHold
from review.models.waiting import ItemWaiting, Waiting

__all__ = [
    "Action",
    "BundleKept",
    "BundleMade",
    "BundleWanted",
    "CandidateEnd",
    "Certificate",
    "CertificateCheck",
    "Closing",
    "Conclusion",
    "ConclusionSetAside",
    "Countersignature",
    "CourtUse",
    "CountersignatureTransition",
    "Custody",
    "Decision",
    "DiscoveryAnswer",
    "DiscoveryItem",
    "DiscoveryReceipt",
    "DiscoveryRequest",
    "DiscoveryService",
    "Disposition",
    "Dissemination",
    "Draft",
    "Drawn",
    "Edge",
    "Evidence",
    "EvidenceKind",
    "ExistingWarrant",
    "Fixing",
    "GivenBack",
    "HoldDecision",
    "ItemWaiting",
    "Lead",
    "LeadEnd",
    "LegalView",
    "LineUpForm",
    "LineUpHeld",
    "Marks",
    "NonMate",
    "NonMateRating",
    "NonMateShown",
    "NonMateSorting",
    "NoteWords",
    "NoticeMailed",
    "NoticesRead",
    "LinkedLead",
    "OutsideGate",
    "Papers",
    "Practice",
    "PracticeAnswer",
    "PracticePicture",
    "ProbeCheck",
    "Recheck",
    "Recusal",
    "Release",
    "Reexamination",
    "ReexaminationDraft",
    "ReexaminationEnd",
    "ReexaminationHold",
    "ReexaminationNonMate",
    "ReexaminationResult",
    "ReexaminationStep",
    "ReexaminationTold",
    "ReexaminationTurn",
    "ReexaminationWaiting",
    "Reveal",
    "RevealedSeed",
    "RivalWeighed",
    "SealedReason",
    "SealedSeed",
    "SeedPace",
    "SeedStock",
    "SetAside",
    "Sorting",
    "Statement",
    "TurnHold",
    "Waiting",
]
