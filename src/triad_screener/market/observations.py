"""Who is observed, and when: every stock on every day asked for.

Observation ``t * n + s`` is stock ``s`` of ``n`` on day ``t``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model import days as calendar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.taxonomy import Constituent


class Observations:
    """Every constituent on every day.

    Args:
        constituents: The ``n`` stocks, with what the taxonomy says of them.
        days: The ``t`` days, as of which something is known.
    """

    def __init__(
        self, constituents: Sequence[Constituent], days: Sequence[date]
    ) -> None:
        self.constituents = constituents
        self.dates = tuple(days)
        self.days = calendar.numbers(days)
        self.stocks = len(constituents)
        self.count = self.stocks * len(days)
        identities = [one.identity for one in constituents]
        self.price_currencies = tuple(one.price_currency for one in identities)
        self.statement_currencies = tuple(one.statement_currency for one in identities)
        self.foreign_filers = np.array([one.foreign_filer for one in identities], bool)
        self._per_receipt = np.array(
            [one.ordinary_per_receipt for one in identities], np.float64
        )

    @cached_property
    def every(self) -> NDArray[np.intp]:
        """The number of each observation; shape ``(m,)``."""
        return np.arange(self.count)

    @cached_property
    def day(self) -> NDArray[np.int32]:
        """The day of each observation."""
        return np.repeat(self.days, self.stocks)

    @cached_property
    def place(self) -> NDArray[np.intp]:
        """The stock of each observation."""
        return np.tile(np.arange(self.stocks), self.days.size)

    @cached_property
    def ordinary_per_receipt(self) -> NDArray[np.float64]:
        """Ordinary shares that stand behind one share as it is quoted."""
        return np.tile(self._per_receipt, self.days.size)

    def stock(self, observation: int) -> int:
        """Return the stock of one observation."""
        return observation % self.stocks

    def day_number(self, observation: int) -> int:
        """Return the day of one observation, as a number."""
        return int(self.days[observation // self.stocks])

    def date(self, observation: int) -> date:
        """Return the day of one observation."""
        return self.dates[observation // self.stocks]

    def price_currency(self, observation: int) -> str:
        """Return the currency in which one observation is quoted."""
        return self.price_currencies[self.stock(observation)]

    def statement_currency(self, observation: int) -> str:
        """Return the currency in which one observation reports."""
        return self.statement_currencies[self.stock(observation)]

    def sisters(self, stock: int) -> list[int]:
        """Return the stocks whose statements a stock may read, A to Z.

        Those of its issuer that report in its currency.
        """
        found = self._sisters[self._books(stock)]
        return sorted(found, key=lambda one: self.constituents[one].ticker)

    @cached_property
    def _sisters(self) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = {}
        for stock in range(self.stocks):
            found.setdefault(self._books(stock), []).append(stock)
        return found

    def _books(self, stock: int) -> tuple[str, str]:
        return self.constituents[stock].issuer, self.statement_currencies[stock]
