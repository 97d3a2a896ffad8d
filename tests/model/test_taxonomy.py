from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import pytest
from pydantic import ValidationError

import samples
from triad_screener.model.taxonomy import (
    Constituent,
    Exposure,
    Taxonomy,
    WatchlistEntry,
    known_by,
    stage_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def entry(**parts: object) -> WatchlistEntry:
    """A company that is first heard of as private, on 1 March 2025."""
    return WatchlistEntry.model_validate(
        {
            "id": "labs",
            "name": "Labs",
            "pillar": "data",
            "exposure": 0.5,
            "basis": "estimate",
            "role": "core",
            "stages": (step("private", "2025-03-01"), step("listed", "2026-06-01")),
            "marks": (mark("Series A", "2025-03-01"), mark("Series B", "2026-01-01")),
            **parts,
        }
    )


def step(stage: str, day: str, source: str = "by_hand") -> dict[str, object]:
    return {"stage": stage, "date": day, "source": source, "grade": "C"}


def mark(name: str, day: str, source: str = "by_hand") -> dict[str, object]:
    return {"round": name, "date": day, "source": source, "grade": "C"}


HOLDER = {"ticker": "BIG", "as_of": "2026-01-01", "source": "nobody", "grade": "C"}
REVENUE = {
    "value": 1.0,
    "kind": "press",
    "date": "2026-01-01",
    "source": "nobody",
    "grade": "C",
}


class TestRegression:
    def test_an_exposure_not_entered_is_zero(self) -> None:
        line = samples.constituent(exposures={"data": 0.4})

        assert line.exposure_to("data") == 0.4
        assert line.exposure_to("compute") == 0.0

    def test_exposures_may_fill_the_whole_revenue(self) -> None:
        thirds = {"compute": 0.1, "data": 0.2, "algorithms": 0.7}

        assert samples.constituent(exposures=thirds).exposure_to("algorithms") == 0.7

    def test_exposures_above_one_are_refused(self) -> None:
        with pytest.raises(ValidationError, match=r"of AAA sum to 1\.1, above 1"):
            samples.constituent(exposures={"compute": 0.6, "data": 0.5})

    @pytest.mark.parametrize(
        ("day", "share"),
        [
            ("2023-06-30", 0.2),  # before the first, the first counts
            ("2024-03-31", 0.2),
            ("2025-03-30", 0.2),
            ("2025-03-31", 0.4),
            ("2026-01-30", 0.4),
            ("2026-01-31", 0.5),
            ("2027-01-01", 0.5),
        ],
    )
    def test_the_newest_entry_known_on_a_day_counts(
        self, day: str, share: float
    ) -> None:
        line = samples.constituent(
            history={"compute": {"2024-03-31": 0.2, "2025-03-31": 0.4}}
        )

        (known,) = line.exposures_on(date.fromisoformat(day)).values()

        assert known.share == share
        assert line.exposure_to("compute") == 0.5

    def test_exposures_that_count_stand_in_the_order_of_the_pillars(self) -> None:
        line = samples.constituent(exposures={"algorithms": 0.1, "compute": 0.2})

        assert list(line.exposures_on(date(2026, 5, 15))) == ["compute", "algorithms"]

    def test_exposures_above_one_are_refused_on_a_past_day_too(self) -> None:
        """0.4 of data counts before its date as well: 0.7 + 0.4 from 2025-03-31."""
        with pytest.raises(
            ValidationError, match=r"of AAA sum to 1\.1 on 2025-03-31, above 1"
        ):
            samples.constituent(
                exposures={"compute": 0.6, "data": 0.4},
                history={"compute": {"2024-03-31": 0.5, "2025-03-31": 0.7}},
            )

    def test_shares_that_change_places_on_one_day_fit(self) -> None:
        """0.9 + 0.1 until both become 0.1 + 0.9."""
        line = samples.constituent(
            exposures={"compute": 0.1, "data": 0.9},
            history={"compute": {"2025-01-31": 0.9}, "data": {"2025-01-31": 0.1}},
        )

        assert line.exposure_to("data") == 0.9

    @pytest.mark.parametrize(
        ("days", "position"),
        [
            (("2025-03-31", "2024-03-31"), 0),
            (("2024-03-31", "2024-03-31"), 0),
            (("2024-03-31", "2026-01-31"), 1),
            (("2026-02-28",), 0),
        ],
    )
    def test_a_history_out_of_order_is_refused_where_it_stands(
        self, days: tuple[str, ...], position: int
    ) -> None:
        entries = tuple(samples.exposure_entry(day, 0.1) for day in days)

        with pytest.raises(ValidationError, match="older than the next") as caught:
            Exposure.model_validate(
                {**samples.exposure_entry("2026-01-31", 0.2), "history": entries}
            )

        (failure,) = caught.value.errors()
        error = failure["ctx"]["error"]
        assert [place for place, _ in error.found] == [("history", position)]

    def test_sources_of_a_history_must_be_listed_too(self) -> None:
        line = samples.constituent(history={"compute": {"2024-03-31": 0.2}})
        cited = line.model_dump()
        cited["exposures"]["compute"]["history"][0]["source"] = "nobody"

        with pytest.raises(
            ValidationError, match="AAA cites the source nobody"
        ) as caught:
            samples.taxonomy(Constituent.model_validate(cited))

        error = caught.value.errors()[0]["ctx"]["error"]
        place = ("constituents", 0, "exposures", "compute", "history", 0, "source")
        assert [found for found, _ in error.found] == [place]

    def test_a_line_is_found_by_its_ticker(self) -> None:
        two = samples.taxonomy(samples.constituent("AAA"), samples.constituent("BBB"))

        assert two.constituent("BBB") is two.constituents[1]
        assert two.constituent("CCC") is None

    def test_lines_are_looked_through_once_however_often_one_is_asked_for(self) -> None:
        class Counted(tuple[Constituent, ...]):
            __slots__ = ()
            times: ClassVar[int] = 0

            def __iter__(self) -> Iterator[Constituent]:
                Counted.times += 1
                return super().__iter__()

        lines = Counted((samples.constituent("AAA"), samples.constituent("BBB")))
        two = Taxonomy().model_copy(update={"constituents": lines})

        found = [two.constituent("BBB") for _ in range(10)]
        named = [two.post_tickers for _ in range(10)]

        assert found == [lines[1]] * 10
        assert named == [frozenset({"AAA", "BBB"})] * 10
        assert Counted.times == 2

    def test_the_post_names_core_and_named_lines_only(self) -> None:
        three = samples.taxonomy(
            samples.constituent("AAA", role="core"),
            samples.constituent("BBB", role="named"),
            samples.constituent("CCC", role="extension"),
        )

        assert three.post_tickers == {"AAA", "BBB"}

    def test_an_empty_taxonomy_hangs_together(self) -> None:
        assert Taxonomy().constituents == ()
        assert tuple(Taxonomy().recipes) == ("default",)

    def test_a_ticker_may_stand_once_only(self) -> None:
        twice = (samples.constituent("AAA"), samples.constituent("AAA"))

        with pytest.raises(ValidationError, match="the ticker AAA stands twice"):
            samples.taxonomy(*twice)

    @pytest.mark.parametrize(
        ("parts", "problem"),
        [
            ({"pillars": {}}, "must all be described"),
            ({"layers": {}}, "AAA names the layer accelerators, which is not listed"),
            ({"sources": {}}, "AAA cites the source by_hand, which is not listed"),
            ({"watchlist": (entry(), entry())}, "id labs stands twice"),
            (
                {
                    "watchlist": (
                        entry(yahoo="LABS.PVT"),
                        entry(id="other", yahoo="LABS.PVT"),
                    )
                },
                "yahoo LABS.PVT stands twice",
            ),
            (
                {"watchlist": (entry(stages=(step("private", "2025-01-01", "who"),)),)},
                "labs cites the source who",
            ),
            (
                {"watchlist": (entry(marks=(mark("Seed", "2025-01-01", "who"),)),)},
                "labs cites the source who",
            ),
            (
                {"watchlist": (entry(holders=(HOLDER,)),)},
                "labs cites the source nobody",
            ),
            (
                {"watchlist": (entry(revenue=(REVENUE,)),)},
                "labs cites the source nobody",
            ),
        ],
    )
    def test_a_taxonomy_that_does_not_hang_together_is_refused(
        self, parts: dict[str, object], problem: str
    ) -> None:
        with pytest.raises(ValidationError, match=problem):
            samples.taxonomy(samples.constituent(), **parts)

    @pytest.mark.parametrize(
        ("parts", "what"),
        [
            (
                {"stages": (step("listed", "2026-01-01"), step("dead", "2025-01-01"))},
                "stages",
            ),
            ({"marks": (mark("B", "2026-01-01"), mark("A", "2025-01-01"))}, "marks"),
        ],
    )
    def test_a_history_stands_oldest_first(
        self, parts: dict[str, object], what: str
    ) -> None:
        with pytest.raises(ValidationError, match=f"the {what} of labs must stand"):
            entry(**parts)

    @pytest.mark.parametrize(
        ("day", "stage"),
        [
            (date(2024, 1, 1), "private"),
            (date(2026, 5, 31), "private"),
            (date(2026, 6, 1), "listed"),
        ],
    )
    def test_a_company_was_private_before_anybody_said_so(
        self, day: date, stage: str
    ) -> None:
        found = stage_at(entry(), day)

        assert found is not None
        assert found.stage == stage

    def test_a_company_first_heard_of_as_rumoured_has_no_stage_before(self) -> None:
        rumoured = entry(stages=(step("rumoured", "2025-03-01"),))

        assert stage_at(rumoured, date(2025, 2, 28)) is None
        assert stage_at(rumoured, date(2025, 3, 1)) is rumoured.stages[0]

    def test_a_mark_counts_from_its_day(self) -> None:
        assert known_by(entry().marks, date(2025, 2, 28)) == ()
        assert [m.round for m in known_by(entry().marks, date(2025, 12, 31))] == [
            "Series A"
        ]
        assert len(known_by(entry().marks, date(2026, 1, 1))) == 2
