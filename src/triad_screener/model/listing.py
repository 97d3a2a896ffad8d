"""How is a long list held without an object for each of its items?

By columns: an item is made when somebody asks for it, and forgotten.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T_co = TypeVar("T_co", covariant=True)


class Listing(Sequence[T_co], Generic[T_co]):
    """An immutable sequence whose items are made on demand.

    It is equal to every listing and tuple of equal items, and looks like a tuple.
    """

    __slots__ = ()

    @abstractmethod
    def item(self, at: int) -> T_co:
        """Return the item at a position from 0 up to the length."""

    @overload
    def __getitem__(self, at: int) -> T_co: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[T_co, ...]: ...

    def __getitem__(self, at: int | slice) -> T_co | tuple[T_co, ...]:
        positions = range(len(self))[at]
        if isinstance(positions, range):
            return tuple(self.item(position) for position in positions)
        return self.item(positions)

    def __iter__(self) -> Iterator[T_co]:
        return map(self.item, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Listing, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(
            ours == theirs for ours, theirs in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class Postponed(Listing[T_co]):
    """A sequence that is made as a whole when somebody first looks at it.

    Args:
        make: Returns its items; called once at most.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[T_co, ...]]) -> None:
        self._make = make
        self._made: tuple[T_co, ...] | None = None

    def _items(self) -> tuple[T_co, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __len__(self) -> int:
        return len(self._items())

    def item(self, at: int) -> T_co:
        """Return the item at a position."""
        return self._items()[at]
