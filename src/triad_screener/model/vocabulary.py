"""The closed lists of the thesis: which pillars, groups, roles and bases are there?"""

from __future__ import annotations

from typing import Final, Literal, get_args

Pillar = Literal["compute", "data", "algorithms"]
Group = Literal["momentum", "growth", "quality", "value", "risk", "thesis"]
Basis = Literal["reported_segment", "company_statement", "estimate"]
Role = Literal["core", "named", "extension"]
Grade = Literal["A", "B", "C", "D"]
Stage = Literal[
    "private",
    "rumoured",
    "draft_submitted",
    "public_filed",
    "priced",
    "listed",
    "withdrawn",
    "absorbed",
    "dead",
]

EventKind = Literal[
    "talks",
    "investment",
    "debt",
    "restructuring",
    "approval",
    "staff",
    "index",
    "filing",
]
Criterion = Literal["momentum", "scale", "evidence", "stage", "age"]

#: In the order that breaks ties between equal exposures.
PILLARS: Final[tuple[Pillar, ...]] = get_args(Pillar)
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
#: Groups whose z-scores are compared within a pillar; momentum and thesis are not.
NEUTRALISED: Final[frozenset[Group]] = frozenset({"growth", "quality", "value", "risk"})
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
CRITERIA: Final[tuple[Criterion, ...]] = get_args(Criterion)
#: Stages after which nothing is left to list.
ENDED: Final[frozenset[Stage]] = frozenset({"absorbed", "dead"})
#: Roles of the names that stand in the post itself.
POST_ROLES: Final[frozenset[Role]] = frozenset({"core", "named"})
