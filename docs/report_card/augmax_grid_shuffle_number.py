"""augmax: GridShuffle with a single number, as documented, cannot be made."""

import sys

import augmax

try:
    augmax.GridShuffle(4)
except AttributeError as error:
    print(f"defect: GridShuffle(4) ends in AttributeError: {error}")
    sys.exit(1)
print("gone: GridShuffle(4) can be made")
