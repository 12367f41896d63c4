"""What a form was sent, or what came back after a lost session."""

from django.http import HttpRequest, QueryDict

from parvis.ground.pages.kept import kept


def sent(request: HttpRequest) -> QueryDict | None:
    """The fields of a POST; of a GET those that were typed before the session was lost, None without any."""
    return request.POST if request.method == "POST" else kept(request)
