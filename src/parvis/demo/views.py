"""The demo's own pages: the mailbox and the components. They exist in the demo alone, on a loopback address."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from parvis.demo import codes as codes_of_demo
from parvis.demo import mail
from parvis.demo import mailbox as mailbox_of_demo
from parvis.demo.mailbox import Telephoned
from parvis.ground.pages import render
from parvis.ground.rules import public


def _fresh(answer: HttpResponse) -> HttpResponse:
    # Links of first connection and new passwords stand in these pages: no copy is kept anywhere.
    answer["Cache-Control"] = "no-store"
    return answer


@public()
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the demo sent, newest first; and where e-mails go when an SMTP server is given."""
    context = {
        "messages_sent": mailbox_of_demo.messages(),
        "listed": mailbox_of_demo.LISTED,
        "destination": "" if settings.PARVIS_MAILBOX else mail.destination(),
        "calls_here": settings.PARVIS_CALLS is not None,
    }
    page = "demo/mailbox.html" if mailbox_of_demo.open_here() else "demo/no_mailbox.html"
    return _fresh(render(request, page, context))


@public()
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One e-mail: headers and plain text with its links. 404 for a name that is no e-mail's."""
    found = mail.mail(settings.PARVIS_MAILBOX, name) if settings.PARVIS_MAILBOX else None
    if found is None:
        raise Http404
    return _fresh(render(request, "demo/message.html", {"mail": found}))


@public()
def mailbox_json(request: HttpRequest) -> HttpResponse:
    """The same list for programs: tests and tools that follow a link. 404 where nothing is read here."""
    if not mailbox_of_demo.open_here():
        raise Http404
    content = [_told(one) for one in mailbox_of_demo.messages()]
    return _fresh(JsonResponse(content, safe=False, json_dumps_params={"ensure_ascii": False}))


def _told(one: mail.Mail | Telephoned) -> dict[str, Any]:
    """All have the same keys: a program that looks for an e-mail's subject stumbles over no call."""
    common = {"id": one.id, "kind": str(one.kind), "date": one.sent_at.isoformat(), "text": one.text}
    if isinstance(one, Telephoned):
        return common | {
            "to": [one.number],
            "extension": one.extension,
            "from": "",
            "subject": "",
            "html": "",
            "links": [],
        }
    return common | {
        "to": one.to,
        "extension": "",
        "from": one.sender,
        "subject": one.subject,
        "html": one.html,
        "links": one.links,
    }


@public()
def codes(request: HttpRequest) -> HttpResponse:
    """What the authenticator apps of the demo's people show now: whoever tries the demo by hand has none of them."""
    return _fresh(
        render(request, "demo/codes.html", {"shown": codes_of_demo.shown(), "left": codes_of_demo.seconds_left()})
    )


@public()
def components(request: HttpRequest) -> HttpResponse:
    """The page of components, loaded when somebody asks for it: nothing else needs it."""
    from parvis.demo.components import components as page

    return page(request)
