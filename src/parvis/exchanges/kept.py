"""What exchanges keep of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register

_PROCESSING = "echanges"
_ENDED = "la clôture de l’échange"
_OLD = "EXISTS (SELECT 1 FROM exchanges_exchange x WHERE x.id = t.exchange_id AND x.closed_at < %(limit)s)"

register(
    # The files first: what they hang on says until when they are kept.
    Kept(
        "exchange.draft_files",
        "Fichiers joints à une demande commencée et jamais envoyée",
        "exchanges_attachment",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_EXCHANGE_DRAFT_RETENTION",
            "la dernière saisie",
            "EXISTS (SELECT 1 FROM exchanges_draft d WHERE d.id = t.draft_id AND d.updated_at < %(limit)s)",
            files="key",
        ),
    ),
    Kept(
        "exchange.drafts",
        "Demandes commencées et jamais envoyées (contenu chiffré)",
        "exchanges_draft",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_EXCHANGE_DRAFT_RETENTION", "la dernière saisie", "t.updated_at < %(limit)s"),
    ),
    Kept(
        "exchange.files",
        "Fichiers joints à un échange",
        "exchanges_attachment",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_EXCHANGE_RETENTION_YEARS", _ENDED, _OLD, files="key"),
    ),
    Kept(
        "exchange.closed",
        "Échanges clos (NIR, nom et période de l’agent chiffrés) avec leurs messages et leurs notes internes",
        "exchanges_exchange",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_EXCHANGE_RETENTION_YEARS",
            _ENDED,
            "t.closed_at < %(limit)s",
            children=(
                ("exchanges_attachment", "exchange_id"),
                ("exchanges_entry", "exchange_id"),
                ("exchanges_reader", "exchange_id"),
                ("exchanges_internalnote", "exchange_id"),
            ),
        ),
    ),
    Kept(
        "exchange.entries",
        "Messages d’un échange, signés",
        "exchanges_entry",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("exchanges_exchange"),
    ),
    Kept(
        "exchange.readers",
        "Qui a lu un échange et qui le suit",
        "exchanges_reader",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("exchanges_exchange"),
    ),
    Kept(
        "exchange.notes",
        "Notes internes des conseillers sur un échange",
        "exchanges_internalnote",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("exchanges_exchange"),
    ),
)
impersonal(
    exchanges_theme="thématiques de « Nous contacter »",
    exchanges_motif="motifs de « Nous contacter »",
    exchanges_standardreply="modèles de réponse des conseillers",
)
