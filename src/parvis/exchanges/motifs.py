"""Reading the motifs that an establishment may write about today: by theme, by words, from where one comes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Q

from parvis.access.finding import held_words, words_of
from parvis.access.registry import catalogue, get
from parvis.access.standing import Standing
from parvis.establishments.funds import ALL
from parvis.exchanges.addressees import ADDRESSEES, Addressee, offered
from parvis.exchanges.models import Motif, Theme
from parvis.exchanges.nearness import score
from parvis.exchanges.rights import may_write_about, of_theme
from parvis.ground import clock
from parvis.ground.identifiers.text import clean

FOUND = 8


@dataclass(frozen=True, slots=True)
class Came:
    """From where one comes: codes in the address's query. What is not known is ignored."""

    theme: str = ""
    motif: str = ""
    fund: str = ""
    article: str = ""
    service: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "Came":
        """`theme`, `motif`, `fonds`, `article`, `service`."""
        came = cls(*(clean(query.get(name, ""))[:60] for name in ("theme", "motif", "fonds", "article", "service")))
        return came if came.fund in ADDRESSEES else replace(came, fund="")


class Tree:
    """The motifs open to a person today, in order; one statement."""

    def __init__(self, who: Standing) -> None:
        today = clock.today()
        in_force = Motif.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
        self.who = who
        self.motifs: list[Motif] = [
            motif
            for motif in in_force.select_related("theme").order_by("theme__rank", "theme__name", "rank", "id")
            if offered(motif.funds, who.funds) and may_write_about(who, motif)
        ]

    @property
    def themes(self) -> list[Theme]:
        """Those of which something may be asked."""
        return list({motif.theme_id: motif.theme for motif in self.motifs}.values())

    def theme(self, code: str) -> Theme | None:
        return next((theme for theme in self.themes if theme.code == code), None)

    def motif(self, code: str) -> Motif | None:
        return next((motif for motif in self.motifs if motif.code == code), None)

    def names(self, theme: Theme) -> list[str]:
        """The motifs of a theme, once each."""
        return list(dict.fromkeys(motif.name for motif in self.motifs if motif.theme_id == theme.pk))

    def leaves(self, theme: Theme, name: str) -> list[Motif]:
        """The sub-motifs of a motif."""
        return [motif for motif in self.motifs if motif.theme_id == theme.pk and motif.name == name]

    def found(self, typed: str) -> list[Motif]:
        """Those that answer all the words (accents, one wrong letter and a cut end forgiven), the best first."""
        words = words_of(typed)
        scored = [(score(_words(motif), words), motif) for motif in self.motifs] if words else []
        answers = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
        return [motif for _, motif in answers[:FOUND]]

    def preselected(self, came: Came) -> tuple[Theme | None, Motif | None]:
        """The theme, and the motif where it is the only one, of where one comes from."""
        if (motif := self.motif(came.motif)) is not None:
            return motif.theme, motif
        held = [motif for motif in self.motifs if came.article in motif.articles] if came.article else []
        if len({motif.theme_id for motif in held}) != 1:
            held = []
        theme = self.theme(came.theme)
        if not held and theme is not None:
            return theme, None
        if not held and (came.service or came.theme):
            held = self._of_service(came.service) if came.service else self._of_catalogue(came.theme)
        return (held[0].theme if held else None), (held[0] if len(held) == 1 else None)

    def _of_service(self, code: str) -> list[Motif]:
        """Those about the service; where none is, those about its theme, as far as they are in the first of ours."""
        mine = [motif for motif in self.motifs if motif.service == code]
        if not mine and (declared := get(code)) is not None:
            mine = [motif for motif in self.motifs if motif.service == of_theme(declared.theme.code)]
        return [motif for motif in mine if motif.theme_id == mine[0].theme_id]

    def _of_catalogue(self, theme: str) -> list[Motif]:
        """Those about the first service of a theme of the catalogue about which there are any."""
        services = (one for one in catalogue(ALL) if one.theme.code == theme)
        return next((held for one in services if (held := self._of_service(one.code))), [])


def _words(motif: Motif) -> list[str]:
    return held_words(f"{motif.theme.name} {motif.name} {motif.sub_name} {motif.words}")


def choices_of(motif: Motif, who: Standing) -> list[Addressee]:
    """Whom this person may address it to."""
    return offered(motif.funds, who.funds)


def wants_details(motif: Motif) -> bool:
    """Whether the motif asks for anything about an agent or a period."""
    return bool(motif.nir or motif.agent_name or motif.period)
