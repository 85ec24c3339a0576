"""What a characteristic says of a cause is a sentence, whatever it says."""

from __future__ import annotations

import pytest

from dashboards.diagnosis_panel import _spoken
from twin.diagnosis.evidence import in_words
from twin.diagnosis.result import Evidence


@pytest.mark.parametrize(
    ("factor", "shift", "says"),
    [
        (0.2, 0.1, "Thickness at roll says little of it, as in Phase I"),
        (4.0, 2.0, "Thickness at roll speaks strongly for it, 2.0 sd above Phase I"),
        (-1.5, -1.0, "Thickness at roll speaks against it, 1.0 sd below Phase I"),
    ],
)
def test_what_speaks_for_a_cause(factor: float, shift: float, says: str) -> None:
    assert _spoken(Evidence("thickness_um", "roll", factor, in_words(factor), shift)) == says
