"""No guide shows a page that is no more like that: `make guides` takes the pictures again."""

import hashlib
import json

from parvis.ground.pages.guides import FOLDER, LIST
from tests.journeys.conftest import Visitor
from tests.journeys.guides import LARGEST, SHOTS, WHO, structure
from tests.journeys.running import Demo

AGAIN = "lancez « make guides », regardez les images, puis versez-les avec le changement"


def test_guides_show_the_pages_as_they_are(demo: Demo, visitor: Visitor) -> None:
    told = json.loads(LIST.read_text("utf-8"))
    assert set(told) == {shot.name for shot in SHOTS}, AGAIN
    files = {path.name: path.read_bytes() for path in FOLDER.glob("*.webp")}
    assert set(files) == {f"{name}-{scheme}.webp" for name in told for scheme in ("light", "dark")}, AGAIN
    who = demo.people[WHO]
    page = visitor(who)
    for shot in SHOTS:
        kept = told[shot.name]
        for scheme, digest in kept["digests"].items():
            content = files[f"{shot.name}-{scheme}.webp"]
            assert hashlib.sha256(content).hexdigest()[:10] == digest, f"{shot.name} : {AGAIN}"
            assert len(content) <= LARGEST
        assert kept["alt"] == shot.alt, f"{shot.name} : {AGAIN}"
        page.goto(f"{who.home}{shot.path}")
        assert structure(page, shot) == kept["structure"], f"{shot.name} : {AGAIN}"
