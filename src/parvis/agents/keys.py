"""By what agents are sorted and found: names and the employer's own number, never a NIR."""

from parvis.ground.identifiers.text import search_key, sort_key


def sort_of(surname: str, used_name: str, first_names: str) -> str:
    """French order: by the name somebody is called by."""
    return sort_key(f"{used_name or surname} {first_names}")[:250]


def search_of(surname: str, used_name: str, first_names: str, payroll_number: str) -> str:
    """Both names, first names and the employer's own number."""
    return search_key(f"{used_name} {surname} {first_names} {payroll_number}")[:400]


def same_person_key(surname: str, first_names: str) -> tuple[str, str]:
    """The names under which two rows are likely one person: name at birth and first of the first names."""
    first = sort_key(first_names).split()
    return sort_key(surname), first[0] if first else ""
