"""What `parvis daily` has written before anybody opens a page: obligations, of the first thousand employers.

As the owner; again where the day has changed.
"""

import django

EMPLOYERS, AT_ONCE = 1_000, 100


def main() -> None:
    """Write them down."""
    django.setup()
    from django.db import transaction

    from parvis.establishments.models import Establishment
    from parvis.obligations.materialising import materialise

    places = list(Establishment.objects.order_by("pk").values_list("pk", flat=True)[:EMPLOYERS])
    for first in range(0, len(places), AT_ONCE):
        with transaction.atomic():
            materialise(places[first : first + AT_ONCE])


if __name__ == "__main__":
    main()
