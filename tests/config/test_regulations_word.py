"""`parvis regulations show`: value, act, confidence; a clear sentence for what is not known."""

import pytest

from parvis.config import command
from parvis.config.environment import Fault
from parvis.config.regulations import USAGE, run


def show(*words: str) -> str:
    return run(["show", *words])


def test_a_value_says_its_act_and_how_sure_it_is() -> None:
    assert show("cnracl.employer_rate", "--on", "2026-03-01").splitlines() == [
        "cnracl.employer_rate : 37,65\u00a0%",
        "depuis le 01/01/2026, jusqu’au 31/12/2026",
        "acte : décret 2025-86",
        "confiance : texte ou page officielle",
    ]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("cnracl.employer_rate", "--on", "2027-01-01"), "prévue, non confirmée"),
        (("rafp.point_acquisition", "--on", "2025-06-01"), "incertaine"),
        (("cnracl_pensions.sedentary.age", "--on", "2026-09-01", "--for", "1964-05-01"), "753\u00a0mois"),
        (("cnracl_pensions.sedentary.age", "--on", "2026-08-31", "--for", "1964-05-01"), "756\u00a0mois"),
        (("rafp.increase.coefficient", "--on", "2026-01-01", "--for", "63y"), ": 1,04"),
        (("ircantec.children.increase", "--on", "2026-01-01", "--for", "3"), "10\u00a0%"),
    ],
)
def test_planned_uncertain_and_tables(words: tuple[str, ...], part: str) -> None:
    assert part in show(*words)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["show", "cnracl.nothing", "--on", "2026-03-01"], "n’existe pas"),
        (["show", "nobody.rate", "--on", "2026-03-01"], "n’existe pas"),
        (["show", "../cnracl.rate.x", "--on", "2026-03-01", "--for", "3"], "n’existe pas"),
        (["show", "cnracl.employer_rate", "--on", "hier"], "n’est pas une date"),
        (["show", "cnracl.employer_rate", "--on", "1900-01-01"], "à partir du 19/09/1947"),
        (["show", "pay.pass_year", "--on", "2028-01-01"], "rien ne l’est à partir du 01/01/2027"),
        (["show", "rafp.increase.coefficient", "--on", "2026-01-01", "--for", "50y"], "pour cette clé"),
        (["show", "rafp.increase.coefficient", "--on", "2026-01-01"], "--for"),
        (["show", "rafp.increase.coefficient", "--on", "2026-01-01", "--for", "vieux"], "ne convient pas"),
        (["show", "rafp.increase.coefficient", "--on", "2026-01-01", "--for", "1964-05-01"], "ne convient pas"),
        (["show", "cnracl.employer_rate"], "Usage"),
        (["tell", "cnracl.employer_rate", "--on", "2026-03-01"], "Usage"),
    ],
)
def test_what_is_refused_is_one_sentence(words: list[str], part: str) -> None:
    with pytest.raises(Fault) as refused:
        run(words)
    assert part in str(refused.value) and "\n" not in str(refused.value)


def test_the_command_knows_the_word(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    for words, code in ((["regulations"], 0), (["regulations", "show", "x.y", "--on", "2026-03-01"], 2)):
        with pytest.raises(SystemExit) as end:
            command.main(words)
        assert end.value.code == code
    told = capsys.readouterr()
    assert told.out.strip() == USAGE and "n’existe pas" in told.err
