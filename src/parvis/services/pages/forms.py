"""The form of a service: what was typed always comes back, and the version that was on the page comes with it."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from parvis.ground.identifiers.text import showable
from parvis.identity.forms import PlainForm

LONGEST_VERSION = 9


class ServiceForm(PlainForm):
    """A form that remembers on which version it was opened; `version` is what the hidden field holds."""

    def __init__(self, data: QueryDict | None = None, *, version: int = 0, **kwargs: Any) -> None:
        self.version = version
        if data is not None:
            self.version = self._opened_on(data.get("version", ""))
            data = data.copy()
            for name, values in list(data.lists()):
                data.setlist(name, [showable(value) for value in values])
        super().__init__(data, **kwargs)

    @staticmethod
    def _opened_on(text: str) -> int:
        """A forged or missing version is 0: older than anything saved, so that nothing is overwritten unseen."""
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_VERSION else 0

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the summary at the top, in the order of the page: each message with the anchor of its field."""
        named = [(str(message), self[name].auto_id) for name in self.fields for message in self.errors.get(name, ())]
        return [(str(message), "") for message in self.non_field_errors()] + named

    def refuse(self, message: str, field: str) -> None:
        """What an action said no to, at its field where there is one."""
        self.add_error(field if field in self.fields else None, message)

    def values(self) -> Mapping[str, Any]:
        """What was validated."""
        return self.cleaned_data
