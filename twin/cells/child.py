"""The child process that parses one file under limits: `python -m twin.cells.child REQUEST`.

REQUEST is JSON: path, mapping, memory_bytes, out. Columns go to `out` as .npz; an error of the
input is one line on stderr and exit code 3.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

__all__ = ["REFUSED", "TOO_LARGE", "main"]

REFUSED, TOO_LARGE = 3, 4


def main(request: str) -> int:
    """Parse as asked; 0, `REFUSED` or `TOO_LARGE`."""
    asked = json.loads(request)
    limit = int(asked["memory_bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    import numpy as np

    from process_models.errors import InputError
    from twin.cells.parsing import parse

    try:
        kind, columns = parse(Path(asked["path"]), asked["mapping"])
        np.savez(asked["out"], **columns, format=np.array(kind))  # type: ignore[arg-type]
    except MemoryError:
        return TOO_LARGE
    except InputError as error:
        print(error, file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
