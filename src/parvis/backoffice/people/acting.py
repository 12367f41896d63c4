"""Which acts the page of a person offers on an account, as it is today."""

from urllib.parse import urlencode

from parvis.access.status import Status
from parvis.backoffice.people.queries import Account, SignIn
from parvis.ground.pages.addresses import address


def offered(account: Account, state: SignIn | None) -> list[tuple[str, str]]:
    """(label, address) of each; what would be refused is not offered."""

    def way(name: str) -> str:
        return address(f"backoffice:account-{name}", account.siret, account.ref)

    found = []
    if state is not None and (state.blocked or state.locked_until is not None):
        found.append(("Débloquer", way("unblock")))
    if account.status is Status.PENDING:
        found.append(("Renvoyer le courriel de première connexion", way("send-again")))
    found.append(("Corriger l’adresse ou le téléphone", way("coordinates")))
    if account.open and state is not None and state.any_factor:
        found.append(("Réinitialiser le second facteur", way("factors")))
    if account.open and account.confirmed is not None:
        found.append(("Voir comme cette personne", way("see-as")))
    if account.confirmed is not None:
        known = urlencode({"siret": account.siret, "identifiant": account.identifier})
        found.append(("Enregistrer une demande d’accès à ses données", f"{address('backoffice:export-ask')}?{known}"))
    return found
