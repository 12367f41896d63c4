"""« /sante »: what a load balancer or a monitor asks, often. It says « ok » or « panne », and nothing else."""

from django.http import HttpRequest, HttpResponse

from parvis.ground.health import answers
from parvis.ground.rules import public


@public()
def health(request: HttpRequest) -> HttpResponse:
    """200 while the site can answer a page, 503 while its database does not."""
    well = answers()
    answer = HttpResponse("ok\n" if well else "panne\n", content_type="text/plain; charset=utf-8")
    answer.status_code = 200 if well else 503
    answer["Cache-Control"] = "no-store"
    return answer
