"""How are many equal records held and written without a dict for each?

By column. What writes takes the columns as they are, some rows at a time; what looks
at a record gets a dict of plain values, made for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from triad_screener.model.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

#: Plain values, or an array in which NaN stands for None.
Column: TypeAlias = "Sequence[object] | NDArray[Any]"
#: Rows that are plain values at one time.
_AT_ONCE: Final = 1_000


class Rows(Listing["dict[str, Any]"]):
    """Flat rows: one dict a row, by the names of the columns.

    Attributes:
        columns: By name, all of one length.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    def item(self, at: int) -> dict[str, Any]:
        """Return one row."""
        (row,) = zip(*self._cells(at, at + 1), strict=True)
        return self.shaped(dict(zip(self.columns, row, strict=True)))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for part in self.parts():
            for row in zip(*part, strict=True):
                yield self.shaped(dict(zip(self.columns, row, strict=True)))

    def parts(self) -> Iterator[list[list[object]]]:
        """Yield some rows at a time: the plain values of each column."""
        for start in range(0, len(self), _AT_ONCE):
            yield self._cells(start, start + _AT_ONCE)

    def _cells(self, start: int, stop: int) -> list[list[object]]:
        return [_plain(column[start:stop]) for column in self.columns.values()]

    def shaped(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row as it is looked at, from its values by column name."""
        return row


class Records(Rows):
    """Records with parts in them: the column ``groups.risk`` is ``risk`` of ``groups``.

    The columns of a part stand next to one another.
    """

    __slots__ = ()

    def shaped(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a record with its parts."""
        return nested(row)


def nested(flat: Mapping[str, object]) -> dict[str, Any]:
    """Return a record from its values by dotted name.

    Examples:
        >>> nested({"rank": 1, "groups.risk": 0.5, "groups.value": -1.0})
        {'rank': 1, 'groups': {'risk': 0.5, 'value': -1.0}}
    """
    found: dict[str, Any] = {}
    for name, value in flat.items():
        *parts, last = name.split(".")
        holder = found
        for part in parts:
            holder = holder.setdefault(part, {})
        holder[last] = value
    return found


def _plain(values: Column) -> list[object]:
    plain = getattr(values, "tolist", None)
    # Only what is not a number differs from itself.
    return [None if v != v else v for v in plain()] if plain else list(values)  # noqa: PLR0124
