"""The pages of the Échéancier: who sees and ticks what, what is typed wrong, what somebody else did meanwhile."""

import pytest

from tests.world import World


def test_smoke(world: World, signed_in) -> None:
    base = f"/etablissements/{world.here.siret}/echeancier/"
    browser = signed_in(world.administrator)
    for path in ("", "mois/", "calcul/", "calcul/modifier/", "rappels/", "agenda/"):
        answer = browser.get(base + path)
        assert answer.status_code == 200, path
