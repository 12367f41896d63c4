"""The names of the models of rights that rights come from."""

import uuid
from collections.abc import Iterable

from parvis.access.models.presets import Preset


def origin_names(keys: Iterable[str]) -> dict[str, str]:
    """The name of each model, by the key that rights keep; the establishment's own in one statement, deleted or not."""
    own = {}
    for key in keys:
        try:
            own[uuid.UUID(key)] = key
        except ValueError:
            continue
    if not own:
        return {}
    return {own[ref]: name for ref, name in Preset.objects.filter(ref__in=own).values_list("ref", "name")}
