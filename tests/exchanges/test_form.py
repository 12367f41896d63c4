"""« Nous contacter »: one question per page, kept at every step, sent once."""

from collections.abc import Callable

import pytest

from parvis.exchanges.models import Exchange
from tests.exchanges.hands import NIR, Writer
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture
def lea(world: World, signed_in: SignedIn) -> Writer:
    return Writer(signed_in(world.user), world.user)


def test_a_member_writes_to_a_fund_step_by_step(lea: Writer, world: World) -> None:
    page = lea.browser.get(f"{lea.home}nouveau/").content.decode()
    assert "Retraite" in page and "Handicap" not in page  # no contract with the FIPHFP
    exchange = lea.exchange()
    assert (exchange.title, exchange.fund, exchange.state) == (
        "Droit à pension › Liquidation de retraite", "cnracl", Exchange.State.SENT,
    )  # fmt: skip
    assert NIR not in exchange.details and NIR not in exchange.search
    page = lea.browser.get(f"{lea.home}{exchange.reference}/envoye/").content.decode()
    assert "Votre demande est envoyée" in page and NIR not in page
    page = lea.browser.get(f"{lea.home}{exchange.reference}/").content.decode()
    assert "Où en est-il" in page and "Martine Durand" in page and NIR not in page
    assert exchange.title.split(" › ")[1] in lea.browser.get(lea.home).content.decode()
