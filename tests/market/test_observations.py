from __future__ import annotations

from datetime import timedelta

from samples import AS_OF, constituent
from triad_screener.market.observations import Observations
from triad_screener.model.days import number

TOMORROW = AS_OF + timedelta(days=1)
TAIWAN = constituent(
    "TSM", statement_currency="TWD", ordinary_per_receipt=5.0, foreign_filer=True
)
BRITAIN = constituent("ARM.L", price_currency="GBP")


def test_every_stock_is_observed_on_every_day() -> None:
    found = Observations([TAIWAN, BRITAIN], [AS_OF, TOMORROW])

    assert (found.stocks, found.count) == (2, 4)
    assert found.every.tolist() == [0, 1, 2, 3]
    assert found.place.tolist() == [found.stock(at) for at in range(4)] == [0, 1, 0, 1]
    days = [AS_OF, AS_OF, TOMORROW, TOMORROW]
    assert [found.date(at) for at in range(4)] == days
    assert found.day.tolist() == [found.day_number(at) for at in range(4)]
    assert found.day.tolist() == [number(day) for day in days]
    assert [found.price_currency(at) for at in range(4)] == ["USD", "GBP"] * 2
    assert [found.statement_currency(at) for at in range(4)] == ["TWD", "USD"] * 2
    assert found.ordinary_per_receipt.tolist() == [5.0, 1.0, 5.0, 1.0]
    assert found.foreign_filers.tolist() == [True, False]


def test_nobody_or_no_day_is_no_observation() -> None:
    for found in (Observations([], [AS_OF]), Observations([TAIWAN], [])):
        assert found.count == found.every.size == found.day.size == 0
        assert found.place.size == found.ordinary_per_receipt.size == 0


def test_sisters_are_of_one_issuer_and_one_currency_a_to_z() -> None:
    found = Observations(
        [
            constituent("ZZZ", issuer="one"),
            constituent("BBB", issuer="one"),
            constituent("AAA", issuer="other"),
            constituent("CCC", issuer="one", statement_currency="TWD"),
        ],
        [AS_OF],
    )

    assert [found.sisters(stock) for stock in range(4)] == [[1, 0], [1, 0], [2], [3]]
