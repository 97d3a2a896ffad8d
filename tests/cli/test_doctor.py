"""triad doctor: the exit code of the worst check, and what decided each setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lives import NETWORK
from triad_screener import settings

if TYPE_CHECKING:
    import pytest

    from lives import Vendor
    from worlds import Answer, Triad


def decided(answer: Answer, name: str) -> dict[str, Any]:
    """What decided on a setting."""
    return next(one for one in answer.json["settings"] if one["setting"] == name)


def test_all_is_well_after_a_refresh(live: Triad) -> None:
    live("refresh")

    answer = live("doctor")

    assert (answer.code, answer.err) == (0, "")
    assert "Yahoo Finance answers" in answer.out


def test_the_exit_code_is_that_of_the_worst_check(live: Triad, vendor: Vendor) -> None:
    vendor.failures["*"] = NETWORK

    online = live("doctor", "--format", "json")
    offline = live("doctor", "--offline", "--format", "json")

    assert (online.code, offline.code) == (4, 0)
    assert [c["check"] for c in online.json["checks"] if c["result"] == "failed"] == [
        "network"
    ]


def test_every_setting_says_what_decided_on_it(
    live: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text('recipe = "equal"\nsource = "store"\n', "utf-8")
    monkeypatch.setenv("TRIAD_SOURCE", "auto")

    answer = live("doctor", "--timeout", "9s", "--format", "json")

    assert decided(answer, "recipe")["decided_by"] == "settings file"
    assert decided(answer, "source")["decided_by"] == "environment"
    assert decided(answer, "source")["value"] == "auto"
    assert decided(answer, "timeout")["decided_by"] == "flag"
    assert decided(answer, "color")["decided_by"] == "default"


def test_settings_with_a_mistake_do_not_keep_the_doctor_away(live: Triad) -> None:
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text("sauce = 1\n", "utf-8")

    answer = live("doctor", "--format", "json")

    assert answer.code == 78
    assert answer.json["checks"][0]["result"] == "failed"
