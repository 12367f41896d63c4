"""The hand-over sheet: what it says, what it never says, and that everybody can read it."""

import datetime
import io
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from parvis.access import sheets
from parvis.access.sheets import DIGITS, LETTERS, Handed, dictation, handover_sheets
from parvis.ground import clock, pdf
from parvis.ground.identifiers.account import ALPHABET

USUAL: dict[str, object] = {
    "establishment_name": "Commune de Saint-Étienne-du-Grès",
    "siret": "21130094300018",
    "person_name": "Éléonore d’Aubigné",
    "identifier": "7HK4PX92",
    "administrator_name": "Marie-Hélène Fabre",
    "administrator_email": "mh.fabre@mairie.example",
    "administrator_phone": "+33490491646",
    "link_until": datetime.datetime(2026, 12, 9, 23, 30, tzinfo=datetime.UTC),
    "address": "https://parvis.example.org/connexion/",
}


@pytest.fixture(autouse=True)
def _instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at a known instant."""
    monkeypatch.setattr(clock, "now", lambda: datetime.datetime(2026, 11, 24, 8, 0, tzinfo=datetime.UTC))


def sheet(**changes: object) -> PdfReader:
    given = {**USUAL, **changes}
    handed = Handed(*(given.pop(name) for name in ("person_name", "identifier", "link_until")))  # type: ignore[arg-type]
    return PdfReader(io.BytesIO(handover_sheets([handed], **given)))  # type: ignore[arg-type]


def words(reader: PdfReader) -> str:
    """The text, on one line, as a screen reader would say it."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u200b", "").split())


def test_sheet_is_tagged_titled_and_french() -> None:
    reader = sheet()
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"].startswith("fr")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata is not None
    assert reader.metadata.title == "Votre identifiant Parvis"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()


def test_sheet_is_one_a4_page() -> None:
    (page,) = sheet().pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


def test_fonts_are_inside() -> None:
    fonts = sheet().pages[0]["/Resources"]["/Font"]
    assert len(fonts) >= 2
    for font in fonts.values():
        (inner,) = font.get_object()["/DescendantFonts"]
        assert {"/FontFile2", "/FontFile3"} & set(inner.get_object()["/FontDescriptor"].get_object())


def test_sheet_says_identifier_dictation_deadline_and_whom_to_ask() -> None:
    text = words(sheet())
    for expected in (
        "Commune de Saint-Étienne-du-Grès",
        "211 300 943 00018",
        "Éléonore d’Aubigné",
        "7HK4-PX92",
        "7 chiffre sept H comme Henri K comme Kléber 4 chiffre quatre P comme Pierre X comme Xavier",
        "Un courriel vient de vous être envoyé.",
        "jusqu’au jeudi 10 décembre 2026 à 0 h 30",
        "choisissez votre mot de passe",
        "parvis.example.org/connexion",
        "Marie-Hélène Fabre mh.fabre@mairie.example 04 90 49 16 46",
        "09 70 80 93 29 du lundi au vendredi, de 9 h à 17 h",
        "Cette feuille ne contient aucun mot de passe. Ne la joignez jamais au courriel.",
    ):
        assert expected in text


def test_sheet_holds_no_link_and_no_secret() -> None:
    reader = sheet()
    assert "http" not in words(reader)
    assert "/Annots" not in reader.pages[0]


def test_sheet_without_a_deadline_gives_the_number_of_days(settings: object) -> None:
    assert "valable 15 jours à partir de l’envoi" in words(sheet(link_until=None))


def test_administrator_without_email_or_telephone_leaves_no_empty_line() -> None:
    text = words(sheet(administrator_email="", administrator_phone=""))
    assert "Marie-Hélène Fabre Sinon, un conseiller CNRACL" in text


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "#sys.inputs",
        "$x^2$ *gras* _oblique_",
        "\\ \\u{1F600} ~ --- ...",
        "« l’été » \"droit\" 'simple'",
        "= Titre",
        "<label> @ref [contenu] // remarque /* */",
        "`code` ```typ #1+1```",
        '"}, "person": "Quelqu’un d’autre',
    ],
)
def test_signs_of_typst_in_a_name_are_shown_and_never_obeyed(name: str) -> None:
    text = words(sheet(person_name=name, establishment_name=name, administrator_name=name))
    assert text.count(name) == 3


@pytest.mark.parametrize("name", ["محمد", "שלום", "Ωμέγα", "Đặng Thị Thảo"])
def test_names_of_other_scripts_are_written(name: str) -> None:
    assert name in words(sheet(person_name=name))


def test_sign_that_no_font_has_costs_the_mark_of_conformity_and_not_the_sheet() -> None:
    reader = sheet(establishment_name="Mairie 🏛️")
    assert "7HK4-PX92" in words(reader)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert b"pdfuaid:part" not in reader.trailer["/Root"]["/Metadata"].get_data()


def test_long_names_stay_on_the_page() -> None:
    reader = sheet(
        person_name="Marie-Charlotte-Antoinette " * 3 + "de La Rochefoucauld-Montbazon " * 3,
        establishment_name="Syndicat intercommunal à vocation multiple de la très longue vallée " * 3,
        administrator_name="Anne-Élisabeth " * 6 + "de Montmorency-Laval " * 4,
        administrator_email="a" * 60 + ".b@" + "c" * 60 + ".example",
    )
    assert len(reader.pages) == 1
    text = words(reader)
    assert "09 70 80 93 29" in text
    assert "de Montmorency-Laval" in text


def test_word_without_end_is_broken_and_lost_nowhere() -> None:
    assert "W" * 100 in words(sheet(person_name="W" * 100)).replace(" ", "")


def test_every_character_of_an_identifier_has_its_word() -> None:
    assert set(LETTERS) | set(DIGITS) == set(ALPHABET)
    assert all(word.startswith(letter) for letter, word in LETTERS.items())
    assert dictation("A2") == [("A", "comme Anatole"), ("2", "chiffre deux")]


def test_fault_of_a_template_is_raised(tmp_path: Path) -> None:
    template = Path(sheets.__file__).parent / "templates" / "access" / "sheets" / "handover.typ"
    with pytest.raises(typst.TypstError, match="dictionary does not contain key"):
        pdf.compile(template, {})


def test_sheets_of_several_people_are_one_file_with_one_page_each() -> None:
    given = {name: value for name, value in USUAL.items() if name not in ("person_name", "identifier", "link_until")}
    people = [Handed("Zoé Blanc", "7HK4PX92", None), Handed("Paul Noir", "2345678C", None)]
    reader = PdfReader(io.BytesIO(handover_sheets(people, **given)))  # type: ignore[arg-type]
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(texts) == 2
    assert "Zoé Blanc" in texts[0] and "7HK4-PX92" in texts[0] and "Paul Noir" not in texts[0]
    assert "Paul Noir" in texts[1] and "2345-678C" in texts[1] and "Zoé Blanc" not in texts[1]
    assert reader.metadata is not None and reader.metadata.title == "Identifiants Parvis à remettre"
    assert b"pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data()
