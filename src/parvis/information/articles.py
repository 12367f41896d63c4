"""The articles of the help centre: what there is, in which order. The text of each is a template of its own."""

from dataclasses import dataclass

FIRST_STEPS = "Premiers pas"
ACCOUNTS = "Gérer les comptes de l’établissement"
STAYING = "Rester informé"


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its address, its title as the question one comes with, one sentence on what it answers."""

    slug: str
    title: str
    summary: str
    theme: str
    # What « Nous contacter » is asked about from here: a theme of its first question; "" where the article has none.
    about: str = "comptes"

    @property
    def template(self) -> str:
        """Where its text is."""
        return f"information/articles/{self.slug}.html"


ARTICLES = (
    Article(
        "parvis",
        "Parvis, qu’est-ce que c’est\u202f?",
        "À qui sert la plateforme, qui y fait quoi, ce que cette version permet.",
        FIRST_STEPS,
        about="",
    ),
    Article(
        "inscrire-un-etablissement",
        "Inscrire un établissement",
        "Ce qu’il faut avoir, les deux preuves, ce que la page peut répondre, et que faire d’un courrier inattendu.",
        FIRST_STEPS,
        about="etablissement",
    ),
    Article(
        "premiere-connexion",
        "Recevoir son accès\u00a0: première connexion",
        "Le courriel, l’identifiant remis à part, le mot de passe\u00a0: quoi faire, et jusqu’à quand.",
        FIRST_STEPS,
    ),
    Article(
        "second-facteur",
        "Le second facteur\u00a0: prouver que c’est vous",
        "Application, clé d’accès ou téléphone\u00a0: lequel choisir, quand il est demandé, que faire s’il est perdu.",
        FIRST_STEPS,
    ),
    Article(
        "mot-de-passe-oublie",
        "Mot de passe oublié",
        "En choisir un nouveau, retrouver son identifiant, et à qui s’adresser.",
        FIRST_STEPS,
    ),
    Article(
        "retrouver-l-acces",
        "Plus personne n’administre\u00a0: retrouver l’accès",
        "La seule personne qui administrait est partie, décédée, ou a tout perdu\u00a0: demander, suivre, contester.",
        FIRST_STEPS,
    ),
    Article(
        "mon-compte",
        "Mon compte\u00a0: coordonnées, sessions, notifications, données",
        "Changer d’adresse ou de téléphone, fermer une session, comprendre ses droits, emporter ses données.",
        FIRST_STEPS,
    ),
    Article(
        "demander-un-acces",
        "Demander un accès, et y répondre",
        "Il manque un droit\u00a0: le demander, suivre la demande, la retirer\u202f; y répondre quand on administre.",
        FIRST_STEPS,
    ),
    Article(
        "compte-d-ailleurs",
        "Se connecter avec un compte que l’on a ailleurs",
        "Relier un compte d’un autre site à celui de Parvis, le détacher, et que faire s’il ne répond pas.",
        FIRST_STEPS,
    ),
    Article(
        "creer-un-compte",
        "Créer un compte",
        "Les trois étapes, de «\u00a0Renseigner les coordonnées\u00a0» à «\u00a0Communiquer son identifiant\u00a0».",
        ACCOUNTS,
    ),
    Article(
        "niveaux",
        "Comprendre les niveaux\u00a0: Modification, Lecture seule, Aucun",
        "Ce que permet chaque niveau, service par service, et comment le changer.",
        ACCOUNTS,
    ),
    Article(
        "gerer-les-comptes",
        "Gérer les comptes\u00a0: profils, droits, dates, statuts",
        "Corriger, renouveler, désactiver, supprimer\u202f; les règles qui protègent l’établissement.",
        ACCOUNTS,
    ),
    Article(
        "modeles-de-droits",
        "Modèles de droits\u00a0: donner les mêmes droits à plusieurs personnes",
        "Choisir ou créer un modèle, le donner, voir qui s’en écarte, aligner.",
        ACCOUNTS,
    ),
    Article(
        "plusieurs-etablissements",
        "Travailler pour plusieurs établissements",
        "Changer d’établissement, savoir où l’on est, et renouveler une personne dans plusieurs à la fois.",
        ACCOUNTS,
    ),
    Article(
        "importer-des-comptes",
        "Importer des comptes depuis un tableur",
        "Télécharger le fichier, le modifier dans Excel ou LibreOffice, vérifier l’aperçu, importer.",
        ACCOUNTS,
    ),
    Article(
        "deleguer-des-droits",
        "Déléguer des droits à un centre de gestion ou à une intercommunalité",
        "Donner des services à un organisme, répondre à une proposition, réduire, renouveler, mettre fin.",
        ACCOUNTS,
    ),
    Article(
        "travailler-pour-d-autres",
        "Centre de gestion, intercommunalité\u00a0: travailler pour d’autres établissements",
        "Confier des établissements à des personnes ou à des équipes, proposer une délégation à beaucoup d’un coup.",
        ACCOUNTS,
    ),
    Article(
        "absences-et-passations",
        "Absence, départ, suppléance\u00a0: passer le relais",
        "Confier des droits pour une absence, transmettre ceux d’une personne qui part, désigner qui supplée.",
        ACCOUNTS,
    ),
    Article(
        "etablissement-repris",
        "Commune nouvelle, fusion, changement de SIRET",
        "Un établissement prend la place d’un autre\u00a0: qui prévenir, ce qui passe, ce qui se lit encore.",
        ACCOUNTS,
        about="etablissement",
    ),
    Article(
        "conditions-generales",
        "Accepter les conditions générales d’utilisation",
        "Qui accepte, jusqu’à quand, et ce qui se ferme si personne ne le fait.",
        ACCOUNTS,
    ),
    Article(
        "revue-des-droits",
        "La revue des droits",
        "Vérifier que chaque droit sert encore\u00a0: décider, signer, et ce qui se passe à l’échéance.",
        ACCOUNTS,
    ),
    Article(
        "qui-peut-faire-quoi",
        "Qui peut faire quoi, et pourquoi",
        "Le tableau des personnes et des services, aujourd’hui ou un jour passé, et la raison de chaque accès.",
        ACCOUNTS,
    ),
    Article(
        "exporter-et-historique",
        "Exporter et consulter l’historique",
        "Télécharger la liste des comptes, savoir qui a fait quoi et quand.",
        ACCOUNTS,
    ),
    Article(
        "conseillers",
        "Quand un conseiller vous aide",
        "Le code d’appel, ce qu’un conseiller voit et peut faire, et ce qu’il ne vous demandera jamais.",
        ACCOUNTS,
    ),
    Article(
        "accueil-et-notifications",
        "L’accueil et les notifications",
        "Ce qui attend, ce qui est arrivé, les courriels que l’on choisit, plusieurs établissements à la fois.",
        STAYING,
        about="",
    ),
    Article(
        "suivre-ses-echeances",
        "Suivre ses échéances",
        "Ce que calcule l’Échéancier et à partir de quoi, cocher, s’en occuper, être rappelé, l’avoir dans son agenda.",
        STAYING,
        about="cotisations",
    ),
    Article(
        "lire-et-classer-les-courriers",
        "Lire et classer les courriers",
        "Où arrivent les courriers des fonds, qui les lit, les télécharger et les archiver, et ce qui est rappelé.",
        STAYING,
        about="courriers",
    ),
    Article(
        "joindre-un-fonds",
        "Joindre le bon fonds",
        "Écrire depuis son espace, trouver un numéro et ses heures, et ce qu’un fonds ne peut pas faire pour vous.",
        STAYING,
        about="",
    ),
    Article(
        "nous-contacter",
        "Nous contacter et suivre ses échanges",
        "Écrire à un fonds, ce que chaque motif demande, suivre la réponse, et qui la lit dans l’établissement.",
        STAYING,
        about="",
    ),
    Article(
        "faire-une-demande",
        "Faire une demande à un fonds et la suivre",
        "Remboursement, transfert, remise : les étapes, les pièces, qui s’en occupe, déléguer, ce que dit chaque état.",
        STAYING,
        about="cotisations",
    ),
)
BY_SLUG = {article.slug: article for article in ARTICLES}


def by_theme() -> list[tuple[str, list[Article]]]:
    """The articles under their themes, in order."""
    groups: dict[str, list[Article]] = {}
    for article in ARTICLES:
        groups.setdefault(article.theme, []).append(article)
    return list(groups.items())


def beside(article: Article) -> list[Article]:
    """The other articles of the same theme: what one may want to read next."""
    return [other for other in ARTICLES if other.theme == article.theme and other is not article]
