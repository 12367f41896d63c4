"""Letters on paper: a code that reaches the head of an establishment by post, and proves so that they know of an act.

A package above declares its kind of letter (`register`), sends one (`send_by_post`), and lets somebody use its code
(`spend`). An adviser prints what waits (« Courriers à imprimer »). Whoever receives one that nobody asked for reports
it by its reference (`report`).
"""

from parvis.post.postal.actions import (
    Outcome,
    Spent,
    code_given,
    draw,
    expire_letters,
    latest,
    mark_printed,
    report,
    report_stolen,
    send_by_post,
    spend,
    withdraw,
)
from parvis.post.postal.kinds import Content, PostalKind, kind_of, register

__all__ = [
    "Content",
    "Outcome",
    "PostalKind",
    "Spent",
    "code_given",
    "draw",
    "expire_letters",
    "kind_of",
    "latest",
    "mark_printed",
    "register",
    "report",
    "report_stolen",
    "send_by_post",
    "spend",
    "withdraw",
]
