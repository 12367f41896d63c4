"""What sending messages keeps of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, impersonal, register

register(
    Kept(
        "post.messages",
        "Traces des messages partis (sorte, destinataire par référence, état ; jamais le texte)",
        "post_message",
        "messages",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_MESSAGE_RETENTION", "leur envoi ou leur abandon", "t.settled_at < %(limit)s"),
    ),
    Kept(
        "post.letters",
        "Courriers avec un code (adresse de l’établissement ; le code, sous forme d’empreinte)",
        "post_postalletter",
        "messages",
        Basis.SECURITY,
        Sweep("PARVIS_POSTAL_RETENTION", "leur utilisation ou leur fin", "t.settled_at < %(limit)s"),
    ),
    Kept(
        "post.expenses",
        "Dépense téléphonique de chaque établissement, par jour",
        "post_expense",
        "messages",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_TELEPHONE_EXPENSE_RETENTION", "le jour de la dépense", "t.day < %(limit_day)s"),
    ),
)
impersonal(
    procrastinate_jobs="numéros des messages à envoyer, sans aucun nom",
    procrastinate_events="états des envois",
    procrastinate_periodic_defers="état de la file",
    procrastinate_workers="état de la file",
)
