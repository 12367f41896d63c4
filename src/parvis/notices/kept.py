"""What notices keep of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, With, register

_PROCESSING = "notifications"

register(
    Kept(
        "notices.notices",
        "Notifications : ce qui est arrivé à un établissement, sans son contenu",
        "notices_notice",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_NOTICE_RETENTION",
            "leur arrivée",
            "t.at < %(limit)s",
            children=(("notices_reader", "notice_id"),),
        ),
    ),
    Kept(
        "notices.readers",
        "Qui est prévenu d’une notification, et quand elle est lue",
        "notices_reader",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("notices_notice"),
    ),
    Kept(
        "notices.wishes",
        "Choix de notifications, par établissement et par sorte",
        "notices_wish",
        _PROCESSING,
        Basis.PUBLIC_TASK,
        With("identity_person"),
    ),
)
