"""The frame of signed-in pages: the person's menu, the establishment, the ways from here."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

from parvis.access.factor_reset.queries import notice
from parvis.access.standing import Mandate, Standing
from parvis.advisers.frame import adviser_frame
from parvis.advisers.standing import adviser_of
from parvis.ground import clock
from parvis.ground.pages import Frame, Idle, MenuItem, Notice
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, de, duration
from parvis.identity.sessions import time_left

# The pages under « Établissements suivis ».
OF_ORGANISATION = ("access:clients", "access:portfolios", "access:batch-following")
# Those under « Gestion des comptes », with what lies beneath them.
OF_ACCOUNTS = ("access:accounts", "access:presets", "access:delegations")


def member_frame(request: HttpRequest, who: Standing) -> Frame:
    """The frame of a page of an establishment."""
    siret = who.siret
    home = address("inbox:home", siret)
    if who.delegate is not None:
        return _delegate_frame(request, who, who.delegate, home)
    accounts = address("access:accounts", siret)
    menu = [
        MenuItem("Mon compte", address("access:me")),
        MenuItem("Mon établissement", address("access:sheet", siret)),
    ]
    navigation = _ways(request, who, home)
    if who.administers:
        managing = any(request.path.startswith(address(name, siret)) for name in OF_ACCOUNTS)
        menu.append(MenuItem("Gestion des comptes", accounts, managing))
        log = address("access:history", siret)
        # Between the services and the help, which ends the line for everybody.
        navigation += [
            MenuItem("Gestion des comptes", accounts, managing),
            MenuItem("Historique", log, request.path.startswith(log)),
        ]
    if who.acts_for_others:
        clients = address("access:clients", siret)
        there = any(request.path.startswith(address(name, siret)) for name in OF_ORGANISATION)
        navigation.append(MenuItem("Établissements suivis", clients, there))
    navigation.append(MenuItem("Aide", address("information:help")))
    return Frame(
        person_name=who.name,
        is_administrator=who.administers,
        menu=tuple(menu),
        navigation=tuple(navigation),
        establishment_name=who.establishment_name,
        establishment_siret=siret,
        establishment_href=address("access:mine"),
        several_establishments=bool(request.session.get("several")),
        overview_href=address("inbox:everywhere"),
        notices=_notices(request, who),
        idle=_idle(request),
        arrivals=_arrivals(request, siret),
    )


# What every member finds on the line of ways, after « Accueil ».
WAYS = (
    ("Services", "inbox:services"),
    ("Courriers", "letters:index"),
    ("Échanges", "exchanges:index"),
    ("Échéancier", "obligations:index"),
)


# What a package above adds, after which of these, for whom it is of use.
_MORE: dict[str, tuple[str, str, Callable[[Standing], bool]]] = {}


def offer_way(label: str, name: str, *, after: str, to: Callable[[Standing], bool]) -> None:
    """Put one more way on the line, after the one of that name, for those of whom `to` says so (from an AppConfig)."""
    if after not in [known for _, known in WAYS] or after in _MORE:
        raise ValueError(f"No room after {after} for {name}.")
    _MORE[after] = (label, name, to)


def _ways(request: HttpRequest, who: Standing, home: str) -> list[MenuItem]:
    found = [MenuItem("Accueil", home, request.path == home)]
    for way in WAYS:
        ways = [way]
        if (more := _MORE.get(way[1])) is not None and more[2](who):
            ways.append(more[:2])
        for label, name in ways:
            href = address(name, who.siret)
            found.append(MenuItem(label, href, request.path.startswith(href)))
    # A way may begin as another one does (« Demandes », « Dossiers confiés »): the longest is the page's own.
    own = max((len(one.href) for one in found if one.current), default=0)
    return [one if len(one.href) == own else one._replace(current=False) for one in found]


def _arrivals(request: HttpRequest, siret: str) -> MenuItem:
    href = address("notices:index", siret)
    return MenuItem("Notifications", href, request.path == href)


def _delegate_frame(request: HttpRequest, who: Standing, mandate: Mandate, home: str) -> Frame:
    """The frame of a page of an establishment for who works there by a delegation: the ways lead back to their own."""
    own = mandate.organisation_siret
    return Frame(
        person_name=who.name,
        is_administrator=False,
        menu=(
            MenuItem("Mon compte", address("access:me")),
            MenuItem("Mon établissement", address("access:sheet", own)),
            MenuItem("Mes établissements", address("access:mine")),
        ),
        navigation=(
            *_ways(request, who, home),
            MenuItem("Établissements suivis", address("access:clients", own)),
            MenuItem("Aide", address("information:help")),
        ),
        establishment_name=who.establishment_name,
        establishment_siret=who.siret,
        establishment_href=address("access:mine"),
        several_establishments=True,
        overview_href=address("inbox:everywhere"),
        on_behalf=mandate.organisation,
        idle=_idle(request),
        arrivals=_arrivals(request, who.siret),
    )


def _idle(request: HttpRequest) -> Idle:
    """How long the session lives from now on, and how long before its end one is asked whether to stay."""
    left = time_left(request)
    return Idle(
        left=left.seconds,
        warning=int(settings.PARVIS_IDLE_WARNING.total_seconds()),
        final=left.final,
        longest=duration(settings.PARVIS_SESSION_LIMIT),
    )


def _notices(request: HttpRequest, who: Standing) -> tuple[Notice, ...]:
    """What every page of the establishment says to this person until it is seen to."""
    held = []
    if who.renewing and request.path != (renewal := address("access:renew-oneself", who.siret)):
        held.append(
            Notice(
                "Votre accès est à renouveler",
                f"Il a expiré le {date_long(who.expires_on)}, et personne d’autre ne peut le renouveler pour vous : "
                "vous pouvez tout consulter, mais rien modifier tant que vous ne l’avez pas fait.",
                renewal,
                "Renouveler mon accès",
            )
        )
    if who.limited and who.limited_until is not None:
        held.append(
            Notice(
                f"Consultation seule jusqu’au {date_long(who.limited_until)} inclus",
                "Votre accès vient d’être rétabli. Pendant ce temps, les personnes qui connaissent l’établissement "
                "peuvent contester : vous consultez les comptes et l’historique, vous utilisez vos services, mais vous "
                "ne créez, ne modifiez et ne supprimez ni compte, ni droit, ni délégation.",
                address("information:article", "retrouver-l-acces"),
                "Lire pourquoi",
            )
        )
    held += _lent(who)
    if who.factor_reset_at is not None and who.factor_reset_at > clock.now():
        held.append(notice(who.factor_reset_at))
    return tuple(held)


def _lent(who: Standing) -> list[Notice]:
    """What a deputy who administers reads, and the administrator who comes back, on that visit alone."""
    lent = who.deputyship
    if lent is None or lent.serving_since is None:
        return []
    since = date_long(lent.serving_since)
    if who.stands_in_since:
        title = f"Vous administrez à la place {de(lent.serving_name)}"
        text = f"Depuis le {since}, comme personne suppléante. Ce profil vous est retiré dès son retour."
        return [Notice(title, text, address("access:deputy-answer", who.siret), "Voir la suppléance")]
    if who.replaced_by_deputy:
        title = "Une personne suppléante a administré à votre place"
        text = f"C’était le cas depuis le {since}. Vous êtes de retour : la suppléance prend fin avec cette visite."
        return [Notice(title, text, address("access:history", who.siret), "Voir ce qui a été fait")]
    return []


def person_frame(request: HttpRequest) -> Frame:
    """The frame of a page that belongs to no establishment: its menu leads back to the last one visited."""
    person = request.user
    if request.session.get("office") and (who := adviser_of(person.pk or 0)) is not None:
        return adviser_frame(request, who)
    mine = MenuItem("Mes établissements", address("access:mine"), request.path == address("access:mine"))
    several = bool(request.session.get("several"))
    siret, administers = request.session.get("visited", ("", False))
    menu = [MenuItem("Mon compte", address("access:me"), request.path == address("access:me"))]
    if siret:
        menu.append(MenuItem("Mon établissement", address("access:sheet", siret)))
    if administers:
        menu.append(MenuItem("Gestion des comptes", address("access:accounts", siret)))
    if several or not siret:
        menu.append(mine)
    return Frame(
        person_name=f"{person.first_name} {person.last_name}",  # type: ignore[union-attr]
        is_administrator=administers,
        menu=tuple(menu),
        navigation=(
            MenuItem("Accueil", address("inbox:home", siret) if siret else address("information:start")),
            *((_overview(request), mine) if several else ()),
            MenuItem("Aide", address("information:help"), request.path.startswith(address("information:help"))),
        ),
        idle=_idle(request),
    )


def _overview(request: HttpRequest) -> MenuItem:
    href = address("inbox:everywhere")
    return MenuItem("Vue d’ensemble", href, request.path == href)


def note_visited(request: HttpRequest, who: Standing | None) -> None:
    """Remember, for the menus alone, the establishment whose page was opened last and whether one administers it."""
    visited = None
    if who is not None and who.delegate is not None:
        visited = [who.delegate.organisation_siret, False]
    elif who is not None and who.enters:
        visited = [who.siret, who.administers]
    held = request.session.get("visited")
    if visited is None:
        request.session.pop("visited", None)
    elif held != visited:
        request.session["visited"] = visited
