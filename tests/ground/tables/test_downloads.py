from urllib.parse import unquote

import pytest
from django.http import HttpResponse

from parvis.ground.tables import CSV_TYPE, download


def names(answer: HttpResponse) -> tuple[str, str]:
    kind, plain, whole = answer["Content-Disposition"].split("; ", 2)
    assert kind == "attachment"
    assert plain.startswith('filename="')
    assert whole.startswith("filename*=UTF-8''")
    return plain.removeprefix('filename="').removesuffix('"'), unquote(whole.removeprefix("filename*=UTF-8''"))


def test_answer_is_a_file_that_no_cache_keeps() -> None:
    answer = download(b"abc", "comptes.csv", CSV_TYPE)
    assert answer.content == b"abc"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Length"] == "3"
    assert names(answer) == ("comptes.csv", "comptes.csv")


def test_accents_are_kept_for_who_reads_them() -> None:
    assert names(download(b"", "comptes-Saint-Étienne-d’Œuvre.ods", "x/y")) == (
        "comptes-Saint-Etienne-d-OEuvre.ods",
        "comptes-Saint-Étienne-d’Œuvre.ods",
    )


@pytest.mark.parametrize(
    "name",
    [
        'a".exe\r\nSet-Cookie: x=1.csv',
        "../../etc/passwd.csv",
        "a\\b;c=d.csv",
        "fiche\u202efdp.csv",
        "x%0d%0a.csv",
        "a\x00b.csv",
    ],
)
def test_name_breaks_out_of_nothing(name: str) -> None:
    answer = download(b"", name, "text/csv")
    header = answer["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    for shown in names(answer):
        assert not set('"\\/;\r\n\x00\u202e%:') & set(shown)
        assert not shown.startswith(".")
        assert shown.endswith("csv")


@pytest.mark.parametrize("name", ["", "...", "محمد", "🏛️.csv", '"'])
def test_name_without_a_letter_becomes_one(name: str) -> None:
    plain, whole = names(download(b"", name, "x/y"))
    assert plain.strip("-.")
    assert whole.strip("-.")


def test_endless_name_is_cut() -> None:
    assert len(names(download(b"", "é" * 5000 + ".csv", "x/y"))[1]) < 130
