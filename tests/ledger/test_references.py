"""References: ISO 11649 unless the operator wants another layout; found again in what a bank passes on."""

import datetime

import pytest
from stdnum import iso11649

from parvis.ledger import references
from parvis.ledger.references import Target, WrongLayout

OCTOBER = datetime.date(2026, 10, 1)
SIRET = "21749901100013"


@pytest.mark.parametrize(("fund", "months"), [("cnracl", 1), ("rafp", 12), ("atiacl", 3), ("ircantec", 0)])
def test_a_reference_is_one_of_the_standard_and_is_read_again(fund, months):
    target = Target(fund, OCTOBER, months, SIRET)
    made = references.reference(target)
    assert iso11649.is_valid(made)
    assert len(made) == 24
    assert references.parse(references.shown(made).lower()) == target
    label = f"VIR COTIS 10/2026 {references.shown(made)} MAIRIE"
    assert references.find(label) == [target]
    assert references.find(label + " ET " + made) == [target]


@pytest.mark.parametrize("at", range(24))
def test_one_wrong_sign_is_noticed(at):
    made = references.reference(Target("cnracl", OCTOBER, 1, SIRET))
    wrong = made[:at] + ("7" if made[at] != "7" else "8") + made[at + 1 :]
    assert references.parse(wrong) is None
    assert references.find(wrong) == []


def test_another_layout_by_setting(settings):
    settings.PARVIS_PAYMENT_REFERENCE = "88W{contrat}{fonds}{nature}{aaaamm}{cle}"
    target = Target("rafp", OCTOBER, 12, contract="RAFP-063-04")
    made = references.reference(target)
    assert made.startswith("88WRAFP06304RA202610")
    assert references.parse(made) == Target("rafp", OCTOBER, 12, contract="RAFP06304")
    assert references.parse(made[:-1] + str((int(made[-1]) + 1) % 10)) is None
    assert references.find(f"cotisations {made}")[0].starts_on == OCTOBER


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("RF{cle}{siret}{fonds}{aamm}{nature}{siren}", "nomme «.siren.»"),
        ("{siret}{fonds}{aamm}{nature}", "doit contenir"),
        ("RF{cle}{siret}{fonds}{aamm}{aaaamm}{nature}", "doit contenir"),
        ("RF{cle}{siret}{fonds}{aaaamm}{nature}X", "25 caractères"),
        ("rf-{cle}{siret}{fonds}{aamm}{nature}", "capitales"),
        ("{cle", "ne se lit pas"),
        ("RF{cle}{siret!r}{fonds}{aamm}{nature}", "sans format"),
    ],
)
def test_a_layout_that_cannot_serve_is_refused_at_the_start(settings, layout, said):
    settings.PARVIS_PAYMENT_REFERENCE = layout
    with pytest.raises(WrongLayout, match=said):
        references.layout()
