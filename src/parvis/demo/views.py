"""The demo's own pages: the mailbox and the components. They exist in the demo alone, on a loopback address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from parvis.demo import mail
from parvis.ground.pages import render
from parvis.ground.rules import public


def _fresh(answer: HttpResponse) -> HttpResponse:
    # Links of first connection and new passwords stand in these pages: no copy is kept anywhere.
    answer["Cache-Control"] = "no-store"
    return answer


@public()
def mailbox(request: HttpRequest) -> HttpResponse:
    """The e-mails that the demo sent, newest first; or where they go when an SMTP server is given."""
    if settings.PARVIS_MAILBOX is None:
        return _fresh(render(request, "demo/no_mailbox.html", {"destination": mail.destination()}))
    found = mail.mails(settings.PARVIS_MAILBOX)
    return _fresh(render(request, "demo/mailbox.html", {"mails": found, "listed": mail.LISTED}))


@public()
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One e-mail: headers and plain text with its links. 404 for a name that is no e-mail's."""
    found = mail.mail(settings.PARVIS_MAILBOX, name) if settings.PARVIS_MAILBOX else None
    if found is None:
        raise Http404
    return _fresh(render(request, "demo/message.html", {"mail": found}))


@public()
def mailbox_json(request: HttpRequest) -> HttpResponse:
    """The same list for programs: tests and tools that follow a link. 404 where there is no mailbox."""
    if settings.PARVIS_MAILBOX is None:
        raise Http404
    content = [
        {
            "id": one.id,
            "to": one.to,
            "from": one.sender,
            "subject": one.subject,
            "date": one.sent_at.isoformat(),
            "text": one.text,
            "html": one.html,
            "links": one.links,
        }
        for one in mail.mails(settings.PARVIS_MAILBOX)
    ]
    return _fresh(JsonResponse(content, safe=False, json_dumps_params={"ensure_ascii": False}))


@public()
def components(request: HttpRequest) -> HttpResponse:
    """The page of components, loaded when somebody asks for it: nothing else needs it."""
    from parvis.demo.components import components as page

    return page(request)
