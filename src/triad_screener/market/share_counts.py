"""Of several counts of a company's shares, which is used, and why?

A market capitalisation may rest on a wrong count, and nothing in it shows that. So the
count that a source gives is compared with the balance sheet's, and where they differ,
with what else is known. Two figures of which one is made of the other are one figure.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from triad_screener.model.market import STATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from triad_screener.model.market import Split

LARGEST_GAP: Final = 0.25
#: How near a gap must be to the ratio of a split, or of a receipt, to come from it.
LARGEST_RATIO_GAP: Final = 0.1
#: Below this, relative, two figures of one quote are one figure.
SAME: Final = 1e-3
#: All classes together are rarely more than so many times the quoted one.
MOST_PER_CLASS: Final = 3.0
#: So near to its day a quote may lack a split, or have one that comes after it.
NEAR_A_SPLIT: Final = timedelta(days=10)
#: A count and another that agrees with it.
FEWEST_VOTES: Final = 2

AVERAGE: Final = "DilutedAverageShares"
OF_QUOTE: Final = "market capitalisation / price"
BY_VALUE: Final = "market capitalisation / close"
OF_BALANCE: Final = "OrdinarySharesNumber"
OF_CLASS: Final = "shares of the quoted class"
_NAMES: Final = {
    STATED: "stated count",
    AVERAGE: "diluted average",
    OF_QUOTE: "market capitalisation",
    BY_VALUE: "market capitalisation / close",
    OF_BALANCE: "balance sheet",
    OF_CLASS: "quoted class",
}


class Count(NamedTuple):
    """Ordinary shares by one figure.

    Attributes:
        item: What the figure is: one of the items of this module.
        value: Above zero; of a receipt, already times the shares it stands for.
        day: Of the quote or the balance sheet; None where not known.
    """

    item: str
    value: float
    day: date | None

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return _NAMES[self.item]


class Counts(NamedTuple):
    """What is known of a company's shares; None where nothing is.

    Attributes:
        first: Of all classes, as the source gives them.
        by_value: Of all classes, by a market capitalisation that ``first`` is not
            made of.
        balance: Of all classes, by the newest balance sheet.
        of_class: Of the quoted class alone.
    """

    first: Count
    by_value: Count | None = None
    balance: Count | None = None
    of_class: Count | None = None

    @property
    def totals(self) -> list[Count]:
        """Those of all classes, the one that is used if all agree first."""
        return [c for c in (self.first, self.by_value, self.balance) if c]

    @property
    def every(self) -> list[Count]:
        """All that are known."""
        return [*self.totals, *((self.of_class,) if self.of_class else ())]

    @property
    def made_of_class(self) -> Count | None:
        """The source's figure of all classes that is the quoted class once more."""
        if self.of_class:
            for made in (self.first, self.by_value):
                if made and abs(self.of_class.value / made.value - 1) <= SAME:
                    return made
        return None

    @property
    def witness(self) -> Count | None:
        """The quoted class, unless a figure of the source is made of it."""
        return None if self.made_of_class else self.of_class


class Settled(NamedTuple):
    """Which count is used.

    Attributes:
        item: The count that is used, one of those given.
        why: In a few sentences.
        ratio: By which its figure is multiplied, since a split is not yet in it.
        split: First session after that split; None where there is none.
        outvoted: Names of the counts of all classes that are not used.
        is_resolved: False where no two counts settle a gap.
    """

    item: str
    why: str
    ratio: float = 1.0
    split: date | None = None
    outvoted: tuple[str, ...] = ()
    is_resolved: bool = True


def since_split(
    counted_on: date,
    as_of: date,
    splits: Sequence[Split],
    *,
    price: float | None = None,
    close: float | None = None,
) -> float:
    """Return by what a quote's shares are multiplied, to be those of the as-of date.

    By its day a quote lacks the splits after it. Yet it may lag, or be kept under the
    session before the one it was asked in. So where its price denies its day, and fits
    the close with or without a split of the ten days around it, the price is right.

    Args:
        counted_on: Day under which the quote is kept.
        as_of: Last day whose splits count.
        splits: All that are known, oldest first.
        price: Of the quote.
        close: Of its day, adjusted for splits up to ``as_of``.

    Examples:
        Kept under the day before a split of ten for one, by its price from after it:

        >>> from datetime import date
        >>> before, after = date(2024, 6, 7), date(2024, 6, 10)
        >>> since_split(before, after, [(after, 10.0)])
        10.0
        >>> since_split(before, after, [(after, 10.0)], price=121.0, close=120.9)
        1.0
    """
    days = [day for day, _ in splits]
    until = bisect_right(days, as_of)
    dated = _together(splits, bisect_right(days, counted_on), until)
    if price is None or close is None or _is_price(price, close * dated):
        return dated
    fewest = bisect_right(days, counted_on - NEAR_A_SPLIT)
    most = bisect_right(days, counted_on + NEAR_A_SPLIT)
    ratios = (_together(splits, at, until) for at in range(fewest, most + 1))
    return next((r for r in ratios if _is_price(price, close * r)), dated)


def _together(splits: Sequence[Split], known: int, until: int) -> float:
    """Return the ratio of the splits from one place to another, back or forth."""
    if known > until:
        return 1 / _together(splits, until, known)
    return prod((ratio for _, ratio in splits[known:until]), start=1.0)


def _is_price(ours: float, theirs: float) -> bool:
    return abs(ours / theirs - 1) <= LARGEST_GAP


def settle(
    counts: Counts, *, per_receipt: float = 1.0, splits: Sequence[Split] = ()
) -> Settled:
    """Return which count is used.

    Counts agree that are at most 25% apart. If those of all classes agree, the first
    is used. If not:

    1. A gap by the ratio of a split since the balance sheet, within 10%: the counts
       from before it are multiplied.
    2. A count that agrees with another, or alone fits the quoted class, outvotes what
       does not. A class fits a total that is not below it, nor over three times it.
       A gap to a market capitalisation over the close may be the close's, and stays.
    3. Otherwise the first stands, unresolved.

    Args:
        counts: What is known.
        per_receipt: Ordinary shares that a receipt stands for, to name such a gap.
        splits: Up to the as-of date, oldest first.

    Examples:
        A market capitalisation of eight times the right one:

        >>> from datetime import date
        >>> day = date(2026, 3, 31)
        >>> settled = settle(
        ...     Counts(
        ...         Count(OF_QUOTE, 800.0, day),
        ...         balance=Count(OF_BALANCE, 100.0, day),
        ...         of_class=Count(OF_CLASS, 99.0, day),
        ...     )
        ... )
        >>> settled.item, settled.outvoted
        ('OrdinarySharesNumber', ('market capitalisation',))
    """
    totals, witness = counts.totals, counts.witness
    has_gap = _has_gap(totals)
    if not has_gap and (witness is None or _fits(counts.first, witness)):
        return Settled(counts.first.item, _told_agreed(counts))
    if settled := _adjusted(counts, splits):
        return settled
    if not has_gap and len(totals) > 1:
        return Settled(counts.first.item, _told_agreed(counts))
    return _voted(totals, witness) or _unresolved(counts, per_receipt)


def _has_gap(totals: Sequence[Count]) -> bool:
    return any(_differ(totals[0], other) for other in totals[1:])


def _differ(ours: Count, theirs: Count) -> bool:
    return abs(ours.value / theirs.value - 1) > LARGEST_GAP


def _fits(total: Count, of_class: Count) -> bool:
    """Return whether a class may be part of that many shares."""
    share = of_class.value / total.value
    return 1 / MOST_PER_CLASS <= share <= 1 + LARGEST_GAP


def _is_by(ratio: float, ours: float, theirs: float) -> bool:
    return abs(ours * ratio / theirs - 1) <= LARGEST_RATIO_GAP


def _adjusted(counts: Counts, splits: Sequence[Split]) -> Settled | None:
    """Return what is used if some counts are from before a split, the rest after it.

    Only a split since the balance sheet can be in one answer and not in another.
    """
    since = counts.balance.day if counts.balance else None
    recent = [split for split in splits if since and split[0] > since]
    for day, ratio in _spans(recent):
        if behind := _before(counts, ratio):
            return _told_split(counts.first, behind, day, ratio)
    return None


def _before(counts: Counts, ratio: float) -> list[Count]:
    """Return the counts that lack a split, if the others have it; else none."""
    totals, witness = counts.totals, counts.witness
    top = (max if ratio > 1 else min)(totals, key=lambda count: count.value)
    behind = [c for c in totals if _is_by(ratio, c.value, top.value)]
    if behind:
        rest = [c for c in totals if c not in behind]
        return [] if any(_differ(c, top) for c in rest) else behind
    is_class_ahead = witness and _is_by(ratio, counts.first.value, witness.value)
    return totals if is_class_ahead and not _has_gap(totals) else []


def _spans(splits: Sequence[Split]) -> Iterator[Split]:
    """Yield the newest split, the newest two together, and so on."""
    together = 1.0
    for day, ratio in reversed(splits):
        together *= ratio
        yield day, together


def _voted(totals: Sequence[Count], witness: Count | None) -> Settled | None:
    """Return what two agree on, if nothing else has as many in favour."""
    rivals = [[c for c in totals if _are_apart(totals, one, c)] for one in totals]
    backed = _backed(totals, witness)
    votes = [
        len(totals) - len(against) + is_backed
        for against, is_backed in zip(rivals, backed, strict=True)
    ]
    best = votes.index(max(votes))
    against = rivals[best]
    as_many = [c for c, n in zip(totals, votes, strict=True) if n == votes[best]]
    is_doubtful = any(c in as_many or c.item == BY_VALUE for c in against)
    if votes[best] < FEWEST_VOTES or is_doubtful:
        return None
    agreed = [c for c in totals if c not in against]
    if witness and backed[best]:
        agreed.append(witness)
    why = _told_vote(agreed, against)
    return Settled(totals[best].item, why, outvoted=tuple(c.name for c in against))


def _are_apart(totals: Sequence[Count], one: Count, other: Count) -> bool:
    """Return whether two differ: a gap is one of what stands second."""
    return _differ(*sorted((one, other), key=totals.index))


def _backed(totals: Sequence[Count], witness: Count | None) -> list[bool]:
    """Return which totals the class speaks for; if for all, it takes no side."""
    backed = [witness is not None and _fits(total, witness) for total in totals]
    return [False] * len(totals) if all(backed) else backed


def _unresolved(counts: Counts, per_receipt: float) -> Settled:
    first, every = counts.first, counts.every
    told = ", ".join(f"{c.value:,.0f} by the {c.name}" for c in every)
    why = f"The share counts disagree: {told}."
    if counts.made_of_class:
        why += f" {_told_one_figure(counts.made_of_class)}"
    gaps = [max(c.value / first.value, first.value / c.value) for c in every]
    if per_receipt > 1 and any(_is_by(per_receipt, 1, gap) for gap in gaps):
        why += f" A receipt stands for {per_receipt:g} shares: one may count receipts."
    return Settled(first.item, why, is_resolved=False)


def _told_agreed(counts: Counts) -> str:
    first, witness = counts.first, counts.witness
    if others := counts.totals[1:]:
        why = f"The {_listed([first, *others])} agree within 25%."
        if witness and witness.value > first.value and not _fits(first, witness):
            why += " The quoted class cannot have more than all classes: ignored."
        return why
    if witness:
        share = witness.value / first.value
        return f"No second count of all classes is known; the quoted has {share:.0%}."
    why = "No second count is known."
    made = counts.made_of_class
    return f"{why} {_told_one_figure(made)}" if made else why


def _told_one_figure(made: Count) -> str:
    return f"The {made.name} rests on the quoted class: they are one figure."


def _told_split(
    first: Count, behind: Sequence[Count], day: date, ratio: float
) -> Settled:
    verb = "are" if len(behind) > 1 else "is"
    why = (
        f"The {_listed(behind)} {verb} from before the split of {day} "
        f"({ratio:g} for 1); adjusted for it, all agree."
    )
    if first in behind:
        return Settled(first.item, why, ratio, day)
    return Settled(first.item, why)


def _told_vote(agreed: Sequence[Count], against: Sequence[Count]) -> str:
    verbs = "do not, and are" if len(against) > 1 else "does not, and is"
    return f"The {_listed(agreed)} agree; the {_listed(against)} {verbs} not used."


def _listed(counts: Sequence[Count]) -> str:
    return " and the ".join(count.name for count in counts)
