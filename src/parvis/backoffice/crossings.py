"""What must cross row-level security for the advisers' office: always within the funds of the scope."""

from parvis.backoffice.figures.crossings import FIGURES_CROSSINGS
from parvis.backoffice.people.crossings import PEOPLE_CROSSINGS
from parvis.backoffice.search.crossings import SEARCH_CROSSINGS

__all__ = ["FIGURES_CROSSINGS", "PEOPLE_CROSSINGS", "SEARCH_CROSSINGS"]
