"""The progress bar stays away unless somebody looks and it takes long."""

from __future__ import annotations

import io
import sys

import pytest

from twin.progress_bar import ProgressBar


class Terminal(io.StringIO):
    """Stands for a person's screen."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_drawn_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("simulate", after_s=0) as bar:
        bar.show(1, 2)
    assert capsys.readouterr() == ("", "")


def test_nothing_is_drawn_in_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with ProgressBar("simulate") as bar:
        bar.show(1, 2)
    assert screen.getvalue() == ""


def test_a_person_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with ProgressBar("simulate", after_s=0) as bar:
        bar.show(1, 2)
        bar.show(2, 2)
    assert "simulate" in screen.getvalue()
