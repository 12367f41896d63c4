"""The figures that decide of the obligations: the last version of each year. See `obligations/known.py`."""

from parvis.obligations.known import Source, register


def _figures(block: str, table: str, column: str) -> str:
    return f"""SELECT json_object_agg(y.year, y.figures) FROM (
    SELECT DISTINCT ON (d.year) d.year, (SELECT json_object_agg(f.fund, f.{column}) FROM {table} f
      WHERE f.establishment_id = d.establishment_id AND f.declaration_id = d.id) AS figures
    FROM service_establishment_declaration d WHERE d.establishment_id = e.id AND d.block = '{block}'
    ORDER BY d.year, d.version DESC) y WHERE y.figures IS NOT NULL"""


register(
    Source(
        headcounts=_figures("headcount", "service_establishment_headcount", "count"),
        contributions=_figures("contributions", "service_establishment_contribution", "amount"),
        page="service_establishment:index",
    )
)
