"""Rights that a person asks for, and services that open: what administrators decide from « À faire »."""
