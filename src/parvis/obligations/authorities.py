"""What kind of employer an establishment is for the law, from its legal category; what the category does not tell."""

from parvis.regulations.obligations.elected_members import Authority

# Insee's legal categories, level III, where they tell without doubt. The others are asked (« Ce qui sert au calcul »).
BY_CATEGORY = {
    "7210": Authority.COMMUNE,
    "7220": Authority.DEPARTMENT,
    "7230": Authority.REGION,
    # Own-tax groupings: communauté urbaine, métropole, communauté de communes, communauté d'agglomération.
    **dict.fromkeys(("7343", "7344", "7346", "7348"), Authority.OWN_TAX_EPCI),
    # Pôle métropolitain, SIVOM, SIVU, syndicats mixtes, PETR.
    **dict.fromkeys(("7340", "7345", "7353", "7354", "7355", "7357"), Authority.SYNDICATE),
    "7364": Authority.HOSPITAL,
    "7365": Authority.HOSPITAL,
    "7372": Authority.FIRE_SERVICE,
    "7389": Authority.STATE_BODY,
    "4110": Authority.STATE_BODY,
}
# As the page asks it.
WORDS = {
    Authority.COMMUNE: "Commune",
    Authority.OWN_TAX_EPCI: "Intercommunalité à fiscalité propre (communauté, métropole)",
    Authority.DEPARTMENT: "Département",
    Authority.REGION: "Région",
    Authority.SYNDICATE: "Syndicat intercommunal ou mixte",
    Authority.MANAGEMENT_CENTRE: "Centre de gestion",
    Authority.FIRE_SERVICE: "Service départemental d’incendie et de secours",
    Authority.HOSPITAL: "Établissement hospitalier, social ou médico-social de la fonction publique hospitalière",
    Authority.STATE_BODY: "Établissement ou service de l’État",
    Authority.OTHER: "Autre établissement public (CCAS, caisse des écoles, GIP…)",
}


def told_by(category: str) -> Authority | None:
    """The kind of employer that a legal category tells; None where it does not, or is not known."""
    return BY_CATEGORY.get(category)
