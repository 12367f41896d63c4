"""What becomes of a transfer is told to who reads « Cotisations »; the kind is declared where its page is."""

from parvis.ledger.models import BankPayment
from parvis.notices.actions import notify

RETURNED = "payment_returned"
SERVICE = "cotisations"


def tell_returned(payment: BankPayment) -> None:
    """In the scope of the establishment that it was recognised to be from."""
    if payment.establishment_id is not None:
        notify(
            RETURNED,
            establishment=payment.establishment_id,
            object_id=payment.pk,
            service=SERVICE,
            detail={"fund": payment.fund},
        )
