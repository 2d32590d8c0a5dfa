"""Started by path: the folder becomes the package `child`, and knows no other of the portal's."""

import sys
from pathlib import Path

# In place of the folder itself, whose modules no import of a library may meet.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from child.opening import main  # noqa: E402 - found only now

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
