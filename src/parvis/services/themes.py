"""The themes that group the online services, in the order in which a person meets them."""

from parvis.access.registry import Theme

ESTABLISHMENT = Theme("etablissement", "Établissement", 10)
AGENTS = Theme("agents", "Agents et carrières", 12)
CONTRIBUTIONS = Theme("cotisations", "Déclarations et cotisations", 14)
RELATIONS = Theme("relations", "Relations avec les fonds", 20)
