"""The pages of the help centre as the search looks at them: their own text, rendered, so that it is never another.

Done as the owner after each `parvis migrate` (so with each new version) and by `parvis daily` (a rule's number may have
changed since).
"""

import re
from html import unescape
from typing import Any

from django.db import connection
from django.template.loader import get_template

from parvis.ground.identifiers.text import search_key
from parvis.ground.pages.addresses import address
from parvis.information.articles import ARTICLES
from parvis.information.help.clarifications import Around, article_key, service_key, theme_key
from parvis.information.help.facts import facts
from parvis.information.help.pages import by_theme, service_page, template_of
from parvis.information.models import HelpPage

_ENDS = re.compile(r"</(?:p|li|h[1-6]|dt|dd|td|th|figcaption|summary)>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_FORGET = """DELETE FROM information_word w WHERE NOT EXISTS (SELECT FROM (
    SELECT search_title || ' ' || search_text AS held FROM information_helppage
    UNION ALL SELECT search_title || ' ' || search_text FROM information_news WHERE state = 'published'
    UNION ALL SELECT search_title || ' ' || search_text FROM information_clarification WHERE state = 'published'
    UNION ALL SELECT search_title || ' ' || search_text FROM information_question WHERE state = 'published') t
  WHERE t.held LIKE '%' || w.word || '%')"""


def index_pages() -> int:
    """Write what has changed, forget the pages that are no more and the words that no page has; how many there are."""
    pages = {page.key: page for page in _pages()}
    held = {page.key: page for page in HelpPage.objects.all()}
    for key, page in pages.items():
        old = held.get(key)
        if old is None:
            page.save(force_insert=True)
        elif (old.title, old.href, old.text) != (page.title, page.href, page.text):
            page.pk = old.pk
            page.save(force_update=True)
    HelpPage.objects.filter(key__in=held.keys() - pages.keys()).delete()
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
    return len(pages)


def _pages() -> list[HelpPage]:
    told = facts()
    found = [
        _page(
            article_key(article.slug),
            article.title,
            address("information:article", article.slug),
            text_of(article.template, {**told, "article": article}),
        )
        for article in ARTICLES
    ]
    for theme, services in by_theme():
        named = " ".join(f"{service.name} : {service.sentence}" for service in services)
        found.append(_page(theme_key(theme.code), theme.name, address("information:help-theme", theme.code), named))
        for service in services:
            page = service_page(service.code)
            assert page is not None
            said = text_of(template_of(service), {**told, "service": service, "page": page})
            found.append(_page(service_key(service.code), service.name, page.href, said))
    return found


def _page(key: str, title: str, href: str, text: str) -> HelpPage:
    return HelpPage(
        key=key, title=title, href=href, text=text, search_title=search_key(title), search_text=search_key(text)
    )


def text_of(template: str, told: dict[str, Any]) -> str:
    """The words of the page's <article> after its title, without its marks."""
    nothing = {"others": [], "questions": [], "around": Around(), "open_href": "", "contact_href": ""}
    drawn = get_template(template).render({**nothing, **told})
    _, _, whole = drawn.partition("<article ")
    _, _, whole = whole.partition("</h1>")
    # What stands between two ends is one sentence: a stop keeps them apart.
    parts = _ENDS.split(whole.partition("</article>")[0])
    lines = (" ".join(unescape(_TAGS.sub("", part)).split()) for part in parts)
    return " ".join(line if line[-1] in ".:!?…" else f"{line}." for line in lines if line)
