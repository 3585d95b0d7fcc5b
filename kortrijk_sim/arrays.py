"""Names for the array types that every module speaks of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[Any]
type FloatArray = NDArray[np.float64]
type KeyArray = NDArray[np.uint64]
type IntArray = NDArray[np.int32]
type SmallArray = NDArray[np.int8]
type BoolArray = NDArray[np.bool_]
