"""`python -m parvis.regulations.parameters`: the page of every table with its sources, on the standard output."""

import sys

from parvis.regulations.parameters.words import page

if __name__ == "__main__":
    sys.stdout.write(page())
