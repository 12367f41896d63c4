"""The legal categories of public employers, in words (Insee's nomenclature, level III, as used by Sirene)."""

LEGAL_CATEGORIES = {
    "4110": "Établissement public national à caractère industriel ou commercial doté d’un comptable public",
    "4140": "Établissement public local à caractère industriel ou commercial",
    "4150": "Régie d’une collectivité locale à caractère industriel ou commercial",
    "7210": "Commune et commune nouvelle",
    "7220": "Département",
    "7225": "Collectivité et territoire d’outre-mer",
    "7229": "Autre collectivité territoriale",
    "7230": "Région",
    "7331": "Établissement public local d’enseignement",
    "7340": "Pôle métropolitain",
    "7343": "Communauté urbaine",
    "7344": "Métropole",
    "7345": "Syndicat intercommunal à vocation multiple (SIVOM)",
    "7346": "Communauté de communes",
    "7348": "Communauté d’agglomération",
    "7353": "Syndicat intercommunal à vocation unique (SIVU)",
    "7354": "Syndicat mixte fermé",
    "7355": "Syndicat mixte ouvert",
    "7357": "Pôle d’équilibre territorial et rural (PETR)",
    "7361": "Centre communal d’action sociale",
    "7362": "Caisse des écoles",
    "7363": "Caisse de crédit municipal",
    "7364": "Établissement d’hospitalisation",
    "7365": "Syndicat inter-hospitalier",
    "7366": "Établissement public local social et médico-social",
    "7367": "Centre intercommunal d’action sociale (CIAS)",
    "7371": "Office public d’habitation à loyer modéré (OPHLM)",
    "7372": "Service départemental d’incendie et de secours (SDIS)",
    "7373": "Établissement public local culturel",
    "7378": "Régie d’une collectivité locale à caractère administratif",
    "7379": "Autre établissement public administratif local",
    "7389": "Établissement public national à caractère administratif",
    "7410": "Groupement d’intérêt public (GIP)",
}


def in_words(code: str) -> str:
    """« Communauté de communes (7346) »; the code alone where the name is not known here; empty without a code."""
    name = LEGAL_CATEGORIES.get(code)
    return f"{name} ({code})" if name else code
