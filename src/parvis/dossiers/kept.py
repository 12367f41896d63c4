"""What dossiers keep of people, and for how long; their files."""

from parvis.dossiers.actions.drafting import PURPOSE, kept_files
from parvis.ground import files
from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register

_PROCESSING = "demandes"
_ENDED = "la décision, le retrait ou le classement"
_LAST = "la dernière saisie"
_BEGUN = "{t}.state = 'draft' AND {t}.moved_at < %(limit)s"
_OF = "EXISTS (SELECT 1 FROM dossiers_dossier x WHERE x.id = t.dossier_id AND {condition})"
_CHILDREN = (
    ("dossiers_document", "dossier_id"),
    ("dossiers_entry", "dossier_id"),
    ("dossiers_wanted", "dossier_id"),
    ("dossiers_internalnote", "dossier_id"),
)

files.register(PURPOSE, kept_files)
register(
    # The files first: what they hang on says until when they are kept.
    Kept(
        "dossier.begun_files",
        "Documents joints à une demande commencée et jamais transmise",
        "dossiers_document",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_DOSSIER_DRAFT_RETENTION",
            _LAST,
            _OF.format(condition=_BEGUN.format(t="x")),
            files="key",
        ),
    ),
    Kept(
        "dossier.files",
        "Documents joints à une demande",
        "dossiers_document",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_DOSSIER_RETENTION_YEARS", _ENDED, _OF.format(condition="x.closed_at < %(limit)s"), files="key"),
    ),
    Kept(
        "dossier.begun",
        "Demandes commencées et jamais transmises (contenu chiffré)",
        "dossiers_dossier",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_DOSSIER_DRAFT_RETENTION", _LAST, _BEGUN.format(t="t"), children=_CHILDREN),
    ),
    Kept(
        "dossier.closed",
        "Demandes closes (contenu chiffré), avec leurs messages et les notes internes des conseillers",
        "dossiers_dossier",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_DOSSIER_RETENTION_YEARS", _ENDED, "t.closed_at < %(limit)s", children=_CHILDREN),
    ),
    Kept(
        "dossier.entries",
        "Messages et étapes d’une demande, signés",
        "dossiers_entry",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("dossiers_dossier"),
    ),
    Kept(
        "dossier.wanted",
        "Pièces demandées par un fonds",
        "dossiers_wanted",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("dossiers_dossier"),
    ),
    Kept(
        "dossier.notes",
        "Notes internes des conseillers sur une demande",
        "dossiers_internalnote",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("dossiers_dossier"),
    ),
)
impersonal(dossiers_organisationcircuit="ce qu’un organisme fait des dossiers qui lui sont confiés")
