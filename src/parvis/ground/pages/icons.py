"""Signs beside words, never instead of them: hidden from screen readers. A page holds some twenty, drawn once each."""

from functools import cache

from markupsafe import Markup

PATHS = {
    "tick": "M3 8.5 6.5 12 13 4.5",
    "cross": "m4 4 8 8m0-8-8 8",
    "alert": "M8 4v5m0 3v.01",
    "warning": "M8 2 1.5 13.5h13zM8 6.5v3m0 1.9v.1",
    "stop": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 4.8v3.8m0 2.4v.1",
    "info": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 7.4v4m0-6.5v.1",
    "done": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM5 8.3l2.2 2.2L11.2 6",
    "dot": "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "down": "m3.5 6 4.5 4.5L12.5 6",
    "up": "m3.5 10.5 4.5-4.5 4.5 4.5",
    "both": "m4.5 6 3.5-3.5L11.5 6m-7 4 3.5 3.5L11.5 10",
    "left": "M10 3.5 5.5 8l4.5 4.5",
    "right": "M6 3.5 10.5 8 6 12.5",
    "go": "M2.5 8h11m-4-4 4 4-4 4",
    "key": "M10.5 9a3.5 3.5 0 1 0-3.3-2.3L2 12v2h3v-2h2v-2l.9-1.2A3.5 3.5 0 0 0 10.5 9zM11 5.4v.1",
    "mail": "M1.5 3.5h13v9h-13zm0 .5L8 9l6.5-5",
    "sms": "M2 2.5h12v8H7.5L4 13.5v-3H2zM5 5.5h6m-6 2.3h4",
    "call": "M4 2h2.3l1 3.2L5.8 6.4a7.6 7.6 0 0 0 3.8 3.8l1.2-1.5 3.2 1V12a1.8 1.8 0 0 1-1.9 1.8"
    "A10.6 10.6 0 0 1 2.2 3.9 1.8 1.8 0 0 1 4 2z",
    "pin": "M5 2.5h6l-.8 4.2 2.3 2.3h-9l2.3-2.3zM8 9v5",
    "search": "M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2zm3.6 8.6L14.5 14.5",
    "post": "M3 14V2.5h6.5L13 6v8zM9.5 2.5V6H13M5.5 9h5m-5 2.5h5",
    "site": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM1.5 8h13M8 1.5c-4.5 4-4.5 9 0 13m0-13c4.5 4 4.5 9 0 13",
    "tray": "M1.5 9.5 3.5 3h9l2 6.5v4h-13zm0 0H5l1 2h4l1-2h3.5",
}


@cache
def icon(name: str, extra: str = "") -> Markup:
    """The sign of that name; `extra`: one more CSS class. KeyError for a name that is none."""
    classes = f"icon {extra}" if extra else "icon"
    return Markup(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
    ).format(classes, PATHS[name])
