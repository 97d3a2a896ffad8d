from __future__ import annotations

import numpy as np

import samples


class TestRegression:
    def test_taking_lines_keeps_what_belongs_to_each(self) -> None:
        three = samples.cross_section(
            {"gp_at": [0.1, 0.2, 0.3]},
            issuers=["one", "two", "three"],
            exposures=[(1, 0, 0), (0, 1, 0), (0, 0, 1)],
            sizes=[10, 20, 30],
            traded=[1, 2, 3],
            ages=[40, 50, 60],
            half_yearly=[False, True, False],
        )

        two = three.take(np.array([2, 1]))

        assert two.tickers == ("C", "B")
        assert two.issuers == ("three", "two")
        assert two.exposures.tolist() == [[0, 0, 1], [0, 1, 0]]
        assert two.raw.tolist() == [[0.3, 0.3], [0.2, 0.2]]
        assert two.market_cap_usd.tolist() == [30, 20]
        assert two.average_daily_value_usd.tolist() == [3, 2]
        assert two.statement_age_days.tolist() == [60, 50]
        assert two.half_yearly.tolist() == [False, True]
        assert two.factors == three.factors

    def test_taking_nothing_leaves_the_factors(self) -> None:
        none = samples.cross_section({"gp_at": [0.1]}).take(np.array([], np.intp))

        assert none.tickers == ()
        assert none.raw.shape == (0, 2)
