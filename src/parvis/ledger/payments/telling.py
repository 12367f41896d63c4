"""What becomes of a transfer is told to who reads « Cotisations »; the kind is declared where its page is."""

import datetime

from parvis.ledger.models import BankPayment
from parvis.notices.actions import notify

RETURNED = "payment_returned"
TAKEN_BACK = "payment_taken_back"
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


def tell_taken_back(payment: BankPayment, on: datetime.date, establishment: int) -> None:
    """That the bank took a transfer back: in the scope of the establishment, or as the owner."""
    notify(
        TAKEN_BACK,
        establishment=establishment,
        object_id=payment.pk,
        service=SERVICE,
        detail={"fund": payment.fund, "amount": payment.amount, "on": on.isoformat()},
    )
