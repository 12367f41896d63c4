"""Which page of a list: as an address asks for it, and as the list has it."""

LONGEST = 6  # digits; a longer number is a mistake, and beyond any list


def page_asked(typed: str) -> int:
    """The page that an address names; the first one for what is no page, never an error."""
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST else 1


def page_count(total: int, size: int) -> int:
    """How many pages of `size` a list of `total` makes; an empty list has one."""
    return max(1, -(-total // size))


def page_within(number: int, total: int, size: int) -> int:
    """The page asked for, or the nearest one that the list has."""
    return min(max(1, number), page_count(total, size))
