"""The journal's event types of a person's own life: they belong to no establishment."""

from parvis.journal.kinds import Kind, register

register(
    Kind("identity.signed_in", "Connexion", kept_years=1),
    Kind("identity.signed_out", "Déconnexion", kept_years=1),
    Kind("identity.sign_in_refused", "Connexion refusée", kept_years=1),
    Kind("identity.reset_asked", "Nouveau mot de passe demandé", kept_years=1),
    Kind("identity.password_changed", "Mot de passe changé", kept_years=3),
    Kind("identity.confirmation_asked", "Confirmation d’une adresse demandée", kept_years=1),
    Kind("identity.email_confirmed", "Adresse électronique confirmée", kept_years=3),
    Kind("identity.erased", "Données de la personne effacées avec son dernier compte"),
)
