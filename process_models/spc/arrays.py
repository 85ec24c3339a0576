"""The one kind of array that charts are made of."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatArray"]

FloatArray: TypeAlias = NDArray[np.float64]
