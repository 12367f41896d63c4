"""Pay: what an index is worth in a month, and the supplement for children."""

from parvis.regulations.pay.family import FamilyTable, family_supplement, family_table, paid_from_to
from parvis.regulations.pay.indexed import IndexedPay, indexed_pay, minimum_index, points_pay

__all__ = [
    "FamilyTable",
    "IndexedPay",
    "family_supplement",
    "family_table",
    "indexed_pay",
    "minimum_index",
    "paid_from_to",
    "points_pay",
]
