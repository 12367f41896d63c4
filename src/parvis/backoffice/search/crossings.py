"""The search of the office: past the policies, for the funds of the scope alone (never those that a caller names).

Each way of finding has its index; the next, wider one is tried only while there is room, so that a name that
thousands bear costs no more than a rare one. At most `most` are found: one who meets that many types one word more.
"""

from parvis.access.status import active_administrator_sql, last_administrator_sql, status_sql
from parvis.backoffice.search.words import account_words, bare_number
from parvis.ground.database.policies import crossing

_FUNDS = "string_to_array(current_setting('parvis.funds'), ',')"
_LAST = "chr(1114111)"


def _of_funds(place: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = {place} AND c.fund = ANY (mine))"
    )


def _more(rank: int, table: str, condition: str, place: str, room: str = "most") -> str:
    """Add to `hits` what the condition finds, of the adviser's funds, while there is room."""
    return f"""
  IF cardinality(hits) <= {room} THEN
    hits := hits || ARRAY(SELECT x.id FROM {table} x WHERE {condition} AND {_of_funds(place)}
      AND x.id <> ALL (hits) LIMIT most + 1 - cardinality(hits));
    ranks := ranks || array_fill({rank}, ARRAY[cardinality(hits) - cardinality(ranks)]);
  END IF;"""


def _by_words(table: str, words: str, place: str) -> str:
    """By name: as it begins, then each word as typed, then each nearly so while hardly anybody was found."""
    keys = f"backoffice_keys({words})"
    near = f"{keys} && one AND {keys} && other AND {keys} && third"
    return f"""
  IF typed <> '' THEN
    {_more(2, table, f"x.sort_key ~>=~ typed AND x.sort_key ~<~ (typed || {_LAST})", place)}
    exact := ARRAY(SELECT ('x' || left(md5(w), 8))::bit(32)::integer FROM unnest(words) w);
    {_more(3, table, f"{keys} @> exact AND string_to_array({words}, ' ') @> words", place)}
    one := backoffice_keys(words[1]);
    other := backoffice_keys(coalesce(words[2], words[1]));
    third := backoffice_keys(coalesce(words[3], words[1]));
    {_more(4, table, f"{near} AND backoffice_all_near({words}, words)", place, "20")}
  END IF;"""


_DECLARED = f"""DECLARE mine text[] := {_FUNDS}; hits bigint[] := '{{}}'; ranks integer[] := '{{}}';
  exact integer[]; one integer[]; other integer[]; third integer[];
BEGIN"""

_PLACE, _MEMBER = "establishments_establishment", "access_membership"
_PLACES = f"""{_DECLARED}
  IF wanted_siret <> '' THEN {_more(1, _PLACE, "x.siret = wanted_siret", "x.id")} END IF;
  IF wanted_siren <> '' THEN {_more(1, _PLACE, "x.siren = wanted_siren", "x.id")} END IF;
  IF wanted_number <> '' THEN
    hits := hits || ARRAY(SELECT DISTINCT x.establishment_id FROM establishments_contract x
      WHERE {bare_number("x")} = wanted_number AND x.fund = ANY (mine) AND x.establishment_id <> ALL (hits)
      LIMIT most + 1 - cardinality(hits));
    ranks := ranks || array_fill(1, ARRAY[cardinality(hits) - cardinality(ranks)]);
  END IF;
  {_by_words(_PLACE, "x.sort_key", "x.id")}
  RETURN QUERY SELECT e.siret::text, e.name::text, e.kind::text, e.postcode::text, e.department::text,
      (SELECT count(*)::integer FROM access_membership m WHERE m.establishment_id = e.id
        AND {active_administrator_sql(today="on_day", months="so_many")}),
      EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id), cardinality(hits)
    FROM unnest(hits, ranks) AS h (id, rank) JOIN establishments_establishment e ON e.id = h.id
    ORDER BY h.rank, e.sort_key = typed DESC, e.sort_key, e.id LIMIT per OFFSET skipped;
END"""


def _status() -> str:
    rule = {"today": "on_day", "months": "so_many"}
    said = status_sql(last_administrator_sql(**rule))
    return said.replace("%(today)s", "on_day").replace("%(months)s", "so_many")


_PEOPLE = f"""{_DECLARED}
  IF wanted_code <> '' THEN {_more(1, _MEMBER, "x.identifier = wanted_code", "x.establishment_id")} END IF;
  IF wanted_phone <> '' THEN {_more(1, _MEMBER, "x.phone = wanted_phone", "x.establishment_id")} END IF;
  IF wanted_email <> '' THEN
    {_more(1, _MEMBER, "lower(x.email) = wanted_email", "x.establishment_id")}
    one := backoffice_keys(split_part(wanted_email, '@', 1));
    {
    _more(
        4,
        _MEMBER,
        f"backoffice_keys({account_words('x')}) && one AND backoffice_near(lower(x.email), wanted_email)",
        "x.establishment_id",
        "20",
    )
}
  END IF;
  {_by_words(_MEMBER, account_words("x"), "x.establishment_id")}
  RETURN QUERY SELECT m.ref, m.first_name::text, m.last_name::text, m.function::text, m.profile::text,
      m.identifier::text, e.siret::text, e.name::text, ({_status()}), cardinality(hits)
    FROM unnest(hits, ranks) AS h (id, rank) JOIN access_membership m ON m.id = h.id
    JOIN establishments_establishment e ON e.id = m.establishment_id
    ORDER BY h.rank, m.sort_key, e.sort_key, m.id LIMIT per OFFSET skipped;
END"""

SEARCH_CROSSINGS = [
    crossing(
        "backoffice_find_places(typed text, words text[], wanted_siret text, wanted_siren text, wanted_number text, "
        "on_day date, so_many integer, most integer, per integer, skipped integer)",
        "TABLE (siret text, name text, kind text, postcode text, department text, administrators integer, "
        "known boolean, total integer)",
        _PLACES,
        roles="parvis_adviser",
        language="plpgsql",
    ),
    crossing(
        "backoffice_find_people(typed text, words text[], wanted_code text, wanted_phone text, wanted_email text, "
        "on_day date, so_many integer, most integer, per integer, skipped integer)",
        "TABLE (ref uuid, first_name text, last_name text, function text, profile text, identifier text, siret text, "
        "place text, status text, total integer)",
        _PEOPLE,
        roles="parvis_adviser",
        language="plpgsql",
    ),
]
