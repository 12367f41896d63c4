"""The themes that group the online services, in the order in which a person meets them."""

from parvis.access.registry import Theme

ESTABLISHMENT = Theme("etablissement", "Établissement", 10)
RELATIONS = Theme("relations", "Relations avec les fonds", 20)
