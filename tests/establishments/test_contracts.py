"""`parvis contracts import`: all or nothing, every line to correct told, the same file twice changes nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from parvis.establishments.contracts import COLUMNS, Report, import_contracts
from parvis.establishments.lines import Rejected
from parvis.establishments.models import Contract
from tests.world import establishment

TOWN, OTHER = "21740056300011", "21740203100017"
pytestmark = pytest.mark.usefixtures("as_owner", "town")


@pytest.fixture
def town(as_owner: object) -> None:
    establishment(TOWN, "Chamonix-Mont-Blanc", ("cnracl",))


def written(folder: Path, *lines: str) -> Path:
    path = folder / "contrats.csv"
    path.write_text("\n".join((",".join(COLUMNS), *lines, "")), "utf-8")
    return path


def contracts() -> list[tuple[str, str, str, str]]:
    found = Contract.objects.filter(establishment__siret=TOWN).order_by("fund", "starts_on")
    return [(one.fund, one.number, str(one.starts_on), str(one.ends_on or "")) for one in found]


def test_contracts_are_created_changed_and_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, f"{TOWN},cnracl,CN-7,2010-01-01,31/12/2025", f"{TOWN[:9]} 00011,IRCANTEC,I-9,01/02/2015,")
    assert import_contracts(path) == Report(read=2, created=1, changed=1)
    assert contracts() == [("cnracl", "CN-7", "2010-01-01", "2025-12-31"), ("ircantec", "I-9", "2015-02-01", "")]
    assert import_contracts(path) == Report(read=2, created=0, changed=0)
    assert import_contracts(written(tmp_path, f"{TOWN},rafp,R-1,2020-01-01,")) == Report(1, 1, 0)
    assert len(contracts()) == 3


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"{TOWN[:-1]}2,cnracl,1,2010-01-01,", "ligne 3 : siret"),
        (f"{OTHER},cnracl,1,2010-01-01,", "ligne 3 : le SIRET 21740203100017 n’est pas dans le répertoire"),
        (f"{TOWN},caisse,1,2010-01-01,", "ligne 3 : fund « caisse »"),
        (f"{TOWN},cnracl,,2010-01-01,", "ligne 3 : number"),
        (f"{TOWN},cnracl,{'9' * 31},2010-01-01,", "ligne 3 : number"),
        (f"{TOWN},cnracl,1,hier,", "ligne 3 : starts_on « hier »"),
        (f"{TOWN},cnracl,1,2010-02-30,", "ligne 3 : starts_on"),
        (f"{TOWN},cnracl,1,2010-01-01,2009-12-31", "avant de commencer"),
        (f"{TOWN},rafp,2,2020-01-01,", "ligne 3 : ce contrat de 21740056300011 est déjà à la ligne 2."),
        (f"{TOWN},cnracl,1", "3 colonnes au lieu de 5"),
    ],
)
def test_one_wrong_line_and_nothing_is_imported(tmp_path: Path, line: str, why: str) -> None:
    before = contracts()
    with pytest.raises(Rejected) as refusal:
        import_contracts(written(tmp_path, f"{TOWN},rafp,R-1,2020-01-01,", line))
    assert why in "\n".join(refusal.value.errors)
    assert contracts() == before


def test_an_empty_file_and_one_without_its_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="en-tête"):
        import_contracts(written(tmp_path))
    (tmp_path / "autre.csv").write_text("siret,fonds\n", "utf-8")
    with pytest.raises(Rejected, match="fund"):
        import_contracts(tmp_path / "autre.csv")


def test_the_command_says_what_it_did_and_what_to_correct(tmp_path: Path) -> None:
    out, wrong = StringIO(), StringIO()
    call_command("contracts", "import", str(written(tmp_path, f"{TOWN},rafp,R,2020-01-01,")), stdout=out, stderr=wrong)
    assert out.getvalue() == "1 contrat lu, 1 créé, 0 modifié\n"
    with pytest.raises(SystemExit):
        call_command("contracts", "import", str(written(tmp_path, "x,y,z,,")), stdout=out, stderr=wrong)
    assert "ligne 2 : siret « x »" in wrong.getvalue() and "Rien n’a été importé." in wrong.getvalue()
