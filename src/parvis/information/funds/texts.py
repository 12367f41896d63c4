"""What each fund is, for whom, in two sentences that anybody understands. The name is `establishments.funds`'s."""

# What it is; who has to do with it.
TEXTS = {
    "cnracl": (
        "La retraite des fonctionnaires territoriaux et hospitaliers.",
        "Tout employeur territorial ou hospitalier qui emploie au moins un fonctionnaire qui en relève.",
    ),
    "ircantec": (
        "La retraite complémentaire, par points, des agents contractuels du secteur public et des élus locaux.",
        "Tout employeur public qui emploie des agents contractuels ou indemnise des élus.",
    ),
    "rafp": (
        "Une retraite par points qui s’ajoute à celle des fonctionnaires, calculée sur leurs primes et indemnités.",
        "Tout employeur de fonctionnaires.",
    ),
    "atiacl": (
        "Une allocation pour les fonctionnaires territoriaux et hospitaliers qui reprennent leur service avec une "
        "invalidité permanente, après un accident de service ou une maladie professionnelle.",
        "Les employeurs territoriaux et hospitaliers qui relèvent de la CNRACL.",
    ),
    "feh": (
        "Un fonds qui soutient l’emploi et les conditions de travail dans les établissements hospitaliers publics.",
        "Les établissements hospitaliers et médico-sociaux publics.",
    ),
    "fiphfp": (
        "Un fonds qui aide les employeurs publics à recruter des personnes handicapées et à les maintenir dans "
        "l’emploi, et qui reçoit la contribution de ceux qui n’atteignent pas l’obligation d’emploi.",
        "Tout employeur public au-dessus d’un certain effectif.",
    ),
    "fnc": (
        "Un fonds qui répartit entre les employeurs la charge du supplément familial de traitement.",
        "Les employeurs territoriaux et hospitaliers.",
    ),
    "faefm": (
        "Une allocation pour les élus locaux qui avaient cessé leur activité professionnelle, à la fin de leur mandat.",
        "Les communes et les intercommunalités au-dessus d’une certaine population, les départements et les régions.",
    ),
}
