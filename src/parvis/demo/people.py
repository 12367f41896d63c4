"""The demo's fictitious people: who they are, what they may do, and since when. Data only; `seeding.py` writes it.

Addresses end in `.example` and telephones are of the ranges that Arcep keeps for fiction: nothing here reaches anybody.
Days are counted back from the day of the seed (`ends`, `starts`: forward from it), so that a demo is never out of date.
"""

from dataclasses import dataclass, field

from parvis.ground.identifiers.account import check_character

ANNECY = "20006340200016"
GRAND_ANNECY = "20006679300015"
ENTREVERNES = "21740111600017"
SAINT_JORIOZ = "21740242900013"
DUINGT = "21740108200011"
LESCHAUX = "21740148800010"
CENTRE = "99974000400018"
CENTRE_NAME = "Centre de gestion fictif de Haute-Savoie"
# « (Autre) établissement public administratif local » in INSEE's nomenclature, as are the real ones.
CENTRE_LEGAL_CATEGORY = "7379"
DOMAINS = {
    ANNECY: "annecy.example",
    GRAND_ANNECY: "grandannecy.example",
    ENTREVERNES: "entrevernes.example",
    SAINT_JORIOZ: "saint-jorioz.example",
    DUINGT: "duingt.example",
    LESCHAUX: "leschaux.example",
    CENTRE: "cdg-fictif.example",
}

# The contracts with the funds: fund → first day. The numbers are made by `seeding.py`.
_OLD_TOWN = {"cnracl": "1983-01-01", "atiacl": "1983-01-01", "fnc": "1983-01-01", "rafp": "2005-01-01"}
CONTRACTS = {
    # A « commune nouvelle » of 2017: every contract begins with it.
    ANNECY: dict.fromkeys(("cnracl", "ircantec", "rafp", "atiacl", "fiphfp", "fnc", "faefm"), "2017-01-01"),
    GRAND_ANNECY: dict.fromkeys(("cnracl", "ircantec", "rafp", "atiacl", "fiphfp", "fnc", "faefm"), "2017-01-01"),
    ENTREVERNES: _OLD_TOWN | {"ircantec": "1983-01-01", "faefm": "2003-01-01"},
    DUINGT: _OLD_TOWN | {"ircantec": "1983-01-01"},
    SAINT_JORIOZ: _OLD_TOWN | {"fiphfp": "2006-01-01", "faefm": "2003-01-01"},
    CENTRE: _OLD_TOWN | {"ircantec": "1983-01-01", "fiphfp": "2006-01-01"},
    # Its first contract began last month (`seeding_asking.py`): two services have just opened.
    LESCHAUX: {},
}

READ, WRITE = "lecture", "modification"
SHEET, CORRESPONDENTS, CONTRACTS_SERVICE, LETTERS = "mon-etablissement", "correspondants", "contrats", "courriers"
AGENTS, CONTRIBUTIONS, DECLARATIONS = "agents", "cotisations", "declarations"
ALL_WRITE = {
    SHEET: WRITE, CORRESPONDENTS: WRITE, CONTRACTS_SERVICE: READ, LETTERS: WRITE, AGENTS: WRITE, CONTRIBUTIONS: WRITE,
    DECLARATIONS: WRITE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """An account to seed. `created`: days ago; `confirmed`: days after that (None: still without a password).

    `by`: the key of who created it ("" for the platform itself). `person`: the key of the account whose person this is
    too. `earlier`: the rights of the first day, where they were `changed` since (days ago). `link`: how the first link
    fared: "" (waits or was used), renewed, killed, undelivered. `deleted`: only the journal remembers the account.
    """

    key: str
    siret: str
    civility: str
    first_name: str
    last_name: str
    function: str
    unit: str
    created: int
    by: str = ""
    confirmed: int | None = 0
    administrator: bool = False
    rights: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, str] | None = None
    changed: int = 0
    starts: int | None = None
    ends: int | None = None
    visited: int | None = None
    deactivated: int | None = None
    deleted: int | None = None
    link: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose password the demo tells: the role under which tests and visitors know them."""

    role: str
    password: str
    # The first seven characters of the identifier; the eighth follows from them.
    identifier: str
    # The secret of their authenticator app; None: they never signed in since a second factor is asked for.
    totp_secret: str | None


@dataclass(frozen=True, slots=True)
class KnownAdviser:
    """An adviser (« conseiller ») of the fictitious operator: their role, and the funds that they see."""

    key: str
    first_name: str
    last_name: str
    role: str
    funds: tuple[str, ...]
    known: Known

    @property
    def identifier(self) -> str:
        return self.known.identifier + check_character(self.known.identifier)


_ALL_FUNDS = ("cnracl", "ircantec", "rafp", "atiacl", "feh", "fiphfp", "fnc", "faefm")
ADVISERS = (
    KnownAdviser(
        *("conseiller-1", "Noémie", "Ferrand", "first", _ALL_FUNDS),
        Known("conseiller-1", "trois-tulipes-sur-le-quai", "CXXR2A7", "O6EMJ3NRAY5XSKU3K7XOYNBY4DNBWJAV"),
    ),
    KnownAdviser(
        *("conseiller-2", "Olivier", "Marchetti", "second", _ALL_FUNDS),
        Known("conseiller-2", "sept-vieux-ponts-de-pierre", "CXXR4X9", "NXMVCJ6YFUI7VHO7REI533SNBNCVDHQO"),
    ),
    KnownAdviser(
        *("superviseur", "Aïcha", "Delorme", "supervisor", _ALL_FUNDS),
        Known("superviseur", "un-phare-et-deux-mouettes", "XPRV3K8", "6WPT4OJKNZTM4DMTTLYRED7VZZPFYSQW"),
    ),
    # Who sees the elected officials' fund alone: what an adviser of another fund may not see.
    KnownAdviser(
        *("conseiller-faefm", "Yann", "Le Bihan", "second", ("faefm",)),
        Known("conseiller-faefm", "deux-voiles-au-petit-matin", "XFEM6T4", "ENQ7HJUOZ2YKD3MXW5RBVCTGPA6L4SIF"),
    ),
)

KNOWN = {
    "administrateur": Known(
        "administrateur", "sept-marmottes-au-soleil", "HVR4M2A", "U34B4FCPBEXYVOZRUZFX5AVVE24L32MQ"
    ),
    "administrateur-2": Known(
        "administrateur-2", "un-refuge-sous-la-neige", "KXH7P3C", "A7KSBF4RGWXKFUXBFMSWIFPOAGRG6OTM"
    ),
    "utilisateur": Known("utilisateur", "trois-barques-bleues-amarrees", "METR5K9", "BT4Q53ZZKJJTW4LEU7LQV732XQHSZIJA"),
    "lecteur": Known("lecteur", "le-vieux-funiculaire-rouge", "TACH6X4", None),
    "etranger": Known("etranger", "cinq-chamois-sur-la-crete", "FDVA8T3", "WFHA5KGHJNTDPJFA5QI23GA3DCFDK5WC"),
    "deux-etablissements": Known(
        "deux-etablissements", "une-horloge-et-deux-clochers", "CPDY9R2", "TFF6RVKG5U7KJBKV5NMWFHVJLQBT65XG"
    ),
    "a-renouveler": Known("a-renouveler", "un-voilier-oublie-au-port", "RDXE5T7", "HYJKRV73FXKUOLWZ5LWSR2ALTO6EIPMB"),
    "administrateur-cdg": Known(
        "administrateur-cdg", "quatre-clarines-au-vent", "VKMR6P9", "ONRTQ3DWLZ5XK2JVGA7YFHE4MBUC6PS2"
    ),
    "agent-cdg": Known("agent-cdg", "un-sentier-vers-le-col", "YTRE4X7", "KZ5MDW7QPCR3YUBHXJ2LNFVT6AOEGS4I"),
    "nouvel-employeur": Known(
        "nouvel-employeur", "quatre-vaches-devant-la-mairie", "HEX4P7M", "5IOCOSYJ26M45B3HIXTPE74XU3YQN5RT"
    ),
    "expire": Known("expire", "douze-sapins-dans-la-brume", "JYPV8K4", "WCIN6GEOYDTWPMSVTSXO2EUXAHXUKRJN"),
}

_HR = "Direction des ressources humaines"
_PAY = "Service paie et carrières"
_FIRST, _SECOND = "administrateur", "administrateur-2"


def _annecy(
    key: str, civility: str, first: str, last: str, function: str, unit: str, created: int, **more: object
) -> Account:
    return Account(key, ANNECY, civility, first, last, function, unit, created, **more)  # type: ignore[arg-type]


ACCOUNTS = (
    # --- The people with a password ------------------------------------------------------------------------------
    _annecy(_FIRST, "mme", "Hélène", "Vuillermoz", "Directrice des ressources humaines", _HR, 690,
            administrator=True, rights=ALL_WRITE, visited=20),
    _annecy(_SECOND, "m", "Karim", "Benhaddou", "Responsable paie et carrières", _PAY, 684, by=_FIRST, confirmed=1,
            administrator=True, rights=ALL_WRITE, visited=44),
    _annecy("utilisateur", "mme", "Inès", "Métral", "Gestionnaire paie", _PAY, 410, by=_FIRST, confirmed=2,
            rights={SHEET: WRITE, CORRESPONDENTS: READ, LETTERS: READ},
            earlier={SHEET: READ, CORRESPONDENTS: READ, LETTERS: READ}, changed=95, visited=18),
    _annecy("lecteur", "m", "Thomas", "Chappuis", "Contrôleur de gestion", "Direction des finances", 300, by=_SECOND,
            rights={SHEET: READ, CORRESPONDENTS: READ, CONTRACTS_SERVICE: READ}, visited=70),
    Account("etranger", SAINT_JORIOZ, "mme", "Françoise", "Dunand", "Secrétaire générale de mairie", "", 512,
            administrator=True, rights=ALL_WRITE, visited=27),
    _annecy("deux-etablissements", "mme", "Nadia", "Cottet-Puinel", "Gestionnaire retraites", _PAY, 365, by=_FIRST,
            confirmed=1, rights={SHEET: READ, CORRESPONDENTS: WRITE, CONTRACTS_SERVICE: READ, LETTERS: READ},
            visited=30),
    # --- The other establishments --------------------------------------------------------------------------------
    Account("grand-annecy-1", GRAND_ANNECY, "m", "Étienne", "Burgat", "Directeur général adjoint", _HR, 640,
            administrator=True, rights=ALL_WRITE, visited=120),
    Account("grand-annecy-2", GRAND_ANNECY, "mme", "Sandrine", "Lavorel", "Assistante ressources humaines", _HR, 220,
            by="grand-annecy-1", confirmed=4, rights={SHEET: READ}, visited=240),
    Account("deux-etablissements-2", GRAND_ANNECY, "mme", "Nadia", "Cottet-Puinel", "Chargée de mission retraites",
            "Pôle mutualisé", 180, by="grand-annecy-1", rights={SHEET: WRITE, CORRESPONDENTS: READ}, visited=190,
            person="deux-etablissements"),
    # Karim Benhaddou administers here too: he renews Nadia Cottet-Puinel in both.
    Account("administrateur-2-2", GRAND_ANNECY, "m", "Karim", "Benhaddou", "Responsable paie mutualisée",
            "Pôle mutualisé", 175, by="grand-annecy-1", administrator=True, rights={SHEET: READ}, visited=260,
            person="administrateur-2"),
    Account("entrevernes-1", ENTREVERNES, "mme", "Odile", "Favre-Félix", "Secrétaire de mairie", "", 455,
            administrator=True, rights=ALL_WRITE, visited=400),
    Account("centre-1", CENTRE, "m", "Rémi", "Charvin", "Conseiller retraite", "Pôle carrières et retraites", 580,
            administrator=True, rights=ALL_WRITE, visited=52),
    # --- Annecy: active ------------------------------------------------------------------------------------------
    _annecy("a01", "mme", "Amélie", "Bonnefoy", "Directrice générale des services", "Direction générale", 660,
            by=_FIRST, confirmed=3, rights={SHEET: WRITE, CONTRACTS_SERVICE: READ}, visited=350),
    _annecy("a02", "m", "Guillaume", "D’Aubigné", "Directeur des finances", "Direction des finances", 640, by=_FIRST,
            confirmed=1, rights={SHEET: READ, CONTRACTS_SERVICE: READ}, visited=500),
    _annecy("a03", "mme", "Aya", "N’Guessan", "Gestionnaire paie", _PAY, 505, by=_SECOND, confirmed=1,
            rights={CORRESPONDENTS: WRITE}, visited=21),
    _annecy("a04", "m", "Yves", "L’Hostis", "Gestionnaire carrières", _PAY, 498, by=_SECOND, confirmed=6,
            rights={CORRESPONDENTS: WRITE, SHEET: READ}, earlier={CORRESPONDENTS: READ}, changed=210, visited=43),
    _annecy("a05", "mme", "Zoé", "Œuvrard", "Assistante ressources humaines", _HR, 430, by=_FIRST,
            rights={SHEET: READ}, visited=95),
    _annecy("a06", "m", "Jean-Baptiste-Marie-Alexandre", "de La Rochefoucauld-Montbel d’Estissac de Sainte-Colombe",
            "Chargé de mission auprès de la direction générale pour la prévention, la santé et la qualité de vie",
            "Mission prévention, santé, sécurité et qualité de vie au travail", 390, by=_FIRST, confirmed=9,
            rights={SHEET: READ}, visited=900),
    _annecy("a07", "mme", "Élise-Anaïs", "Pernet", "Juriste", "Direction des affaires juridiques", 350, by=_SECOND,
            rights={CONTRACTS_SERVICE: READ}, visited=610),
    _annecy("a08", "m", "Mickaël", "Da Silva Ferreira", "Gestionnaire paie", _PAY, 333, by=_SECOND, confirmed=2,
            rights={CORRESPONDENTS: WRITE, SHEET: READ}, visited=19),
    _annecy("a09", "mme", "Maÿlis", "Rey-Grange", "Responsable formation", _HR, 290, by=_FIRST, confirmed=1,
            rights={SHEET: READ}),
    _annecy("a10", "m", "Loïc", "Perréard", "Agent comptable", "Direction des finances", 270, by=_SECOND,
            rights={CONTRACTS_SERVICE: READ}, ends=10, visited=66),
    _annecy("a11", "mme", "Clémence", "Tissot", "Apprentie ressources humaines", _HR, 85, by=_FIRST,
            rights={SHEET: READ, CORRESPONDENTS: READ}, starts=-80, ends=280, visited=22),
    _annecy("a12", "m", "Bruno", "Delale", "Conseiller en prévention", "Mission prévention", 140, by=_SECOND,
            confirmed=3, rights={}, visited=1500),
    _annecy("a13", "mme", "Ophélie", "Saint-Martin", "Gestionnaire absences", _PAY, 122, by=_SECOND,
            rights={SHEET: WRITE, CORRESPONDENTS: WRITE}, earlier={CORRESPONDENTS: READ}, changed=12, visited=46),
    _annecy("a14", "m", "Aurélien", "Blanc", "Chef de projet numérique", "Direction des systèmes d’information", 60,
            by=_FIRST, confirmed=1, rights={SHEET: READ, CONTRACTS_SERVICE: READ}, visited=71),
    _annecy("a15", "mme", "Fatoumata", "Diallo", "Gestionnaire retraites", _PAY, 20, by=_FIRST, starts=12,
            rights=ALL_WRITE),
    _annecy("a16", "mme", "Marie", "Blanc", "Assistante de direction", "Direction générale", 15, by=_SECOND,
            confirmed=2, rights={SHEET: READ}, visited=40),
    # --- Annecy: waiting for a password --------------------------------------------------------------------------
    _annecy("p01", "mme", "Lucie", "Mermillod", "Gestionnaire paie", _PAY, 2, by=_FIRST, confirmed=None,
            rights={CORRESPONDENTS: WRITE, SHEET: READ}),
    _annecy("p02", "m", "Sébastien", "Duret", "Responsable budgétaire", "Direction des finances", 5, by=_SECOND,
            confirmed=None, rights={CONTRACTS_SERVICE: READ}),
    _annecy("p03", "mme", "Anne-Sophie", "Quétant", "Chargée de recrutement", _HR, 33, by=_SECOND, confirmed=None,
            rights={SHEET: READ}),
    _annecy("p04", "m", "Hugo", "Novel", "Stagiaire", _HR, 52, by=_FIRST, confirmed=None, rights={SHEET: READ},
            link="renewed", ends=90),
    _annecy("p05", "mme", "Bérénice", "Thévenet", "Gestionnaire absences", _PAY, 8, by=_FIRST, confirmed=None,
            rights={CORRESPONDENTS: READ}, link="killed"),
    _annecy("p06", "m", "Çelik", "Yıldırım", "Gestionnaire carrières", _PAY, 4, by=_SECOND, confirmed=None,
            rights={CORRESPONDENTS: WRITE}, link="undelivered"),
    _annecy("p07", "mme", "Victoire", "Ducret", "Directrice adjointe des ressources humaines", _HR, 1, by=_FIRST,
            confirmed=None, administrator=True, rights=ALL_WRITE),
    # --- Annecy: deactivated -------------------------------------------------------------------------------------
    _annecy("d01", "m", "Patrick", "Jacquier", "Gestionnaire paie", _PAY, 600, by=_FIRST, confirmed=1,
            rights={CORRESPONDENTS: WRITE}, deactivated=64, visited=1600),
    _annecy("d02", "mme", "Véronique", "Baud-Lavigne", "Gestionnaire carrières", _PAY, 520, by=_SECOND, confirmed=2,
            rights={SHEET: WRITE}, deactivated=7, visited=200),
    _annecy("d03", "m", "Idriss", "Haddad", "Assistant ressources humaines", _HR, 45, by=_FIRST, confirmed=None,
            rights={SHEET: READ}, deactivated=40),
    # --- Annecy: expired -----------------------------------------------------------------------------------------
    _annecy("e01", "mme", "Chloé", "Démolis", "Apprentie paie", _PAY, 470, by=_SECOND, rights={CORRESPONDENTS: READ},
            starts=-465, ends=-100, visited=2500),
    _annecy("e02", "m", "Antoine", "Bouvier", "Renfort paie", _PAY, 130, by=_SECOND, confirmed=1,
            rights={CORRESPONDENTS: WRITE}, ends=-9, visited=260),
    _annecy("e03", "mme", "Noémie", "Lambersens", "Stagiaire", _HR, 160, by=_FIRST, confirmed=None,
            rights={SHEET: READ}, ends=-70),
    # --- Annecy: gone; the journal alone remembers ---------------------------------------------------------------
    _annecy("g01", "m", "Gérard", "Mouthon-Vial", "Gestionnaire retraites", _PAY, 610, by=_FIRST,
            rights={SHEET: WRITE, CORRESPONDENTS: WRITE}, deleted=150),
    # --- For want of visits: one has expired, some will soon, and who administers Duingt alone has to renew ------
    _annecy("expire", "mme", "Sabrina", "Vagnoux", "Gestionnaire retraites", _PAY, 645, by=_SECOND, confirmed=1,
            rights={SHEET: READ, CORRESPONDENTS: READ}, visited=600 * 24),
    _annecy("a17", "m", "Corentin", "Mugnier", "Chargé d’études", "Direction des finances", 640, by=_FIRST,
            rights={CONTRACTS_SERVICE: READ}, visited=541 * 24),
    _annecy("a18", "mme", "Rachida", "Belmont", "Assistante sociale du personnel", _HR, 560, by=_SECOND, confirmed=2,
            rights={SHEET: READ}, visited=511 * 24),
    Account("a-renouveler", DUINGT, "mme", "Josiane", "Lathuile", "Secrétaire de mairie", "", 690,
            administrator=True, rights=ALL_WRITE, visited=562 * 24),
    # --- The centre de gestion's people, who work for its clients ---------------------------------------------------
    Account("administrateur-cdg", CENTRE, "mme", "Mathilde", "Gaydon", "Responsable du pôle retraites",
            "Pôle carrières et retraites", 400, by="centre-1", confirmed=1, administrator=True, rights=ALL_WRITE,
            visited=16),
    Account("agent-cdg", CENTRE, "m", "Romain", "Pessey", "Gestionnaire retraites", "Pôle carrières et retraites", 390,
            by="administrateur-cdg", confirmed=1, rights={}, visited=17),
    Account("cdg-2", CENTRE, "mme", "Leïla", "Bensalem", "Gestionnaire retraites", "Pôle carrières et retraites", 310,
            by="administrateur-cdg", confirmed=2, rights={}, visited=41),
    # --- A small town whose first contract has just begun: services open, and nobody has a right on them yet -------
    Account("nouvel-employeur", LESCHAUX, "mme", "Solange", "Perrissin", "Secrétaire de mairie", "", 45,
            administrator=True, rights={SHEET: WRITE}, visited=90),
    Account("leschaux-1", LESCHAUX, "m", "Basile", "Dupraz", "Comptable", "", 38, by="nouvel-employeur", confirmed=1,
            rights={SHEET: WRITE}, visited=120),
    Account("leschaux-2", LESCHAUX, "mme", "Yasmine", "Chevallier", "Agente d’accueil", "", 36, by="nouvel-employeur",
            confirmed=2, rights={SHEET: READ}, visited=200),
)  # fmt: skip
