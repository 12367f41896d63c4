"""The search of the office: past the policies, for the funds of the scope alone (never those that a caller names).

Each way of finding has its index; the next, wider one is tried only while there is room, so that a name that
thousands bear costs no more than a rare one. At most `most` are found: one who meets that many types one word more.

Both functions keep the plans of their statements (`KEPT_PLANS`): planning them anew takes longer than running them,
and a plan made for one word may read a whole table where the word's keys look frequent.
"""

from typing import Any

from django.db import migrations

from parvis.access.status import active_administrator_sql, last_administrator_sql, status_sql
from parvis.backoffice.search.words import account_words, bare_number
from parvis.ground.database.policies import crossing

_FUNDS = "string_to_array(current_setting('parvis.funds'), ',')"
_LAST = "chr(1114111)"
_PLACE, _MEMBER = "establishments_establishment", "access_membership"
_PLACE_OF = {_PLACE: "x.id", _MEMBER: "x.establishment_id"}
# Names of more words than that are not turned round: their words are looked up one by one.
_LONGEST_NAME = "4"
# Up to so many found, what only resembles the words is looked for too.
_HARDLY_ANYBODY = "20"


def _of_funds(place: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = {place} AND c.fund = ANY (mine))"
    )


def _more(rank: int, table: str, condition: str, order: str = "") -> str:
    """Add to `hits` what the condition finds, of the adviser's funds, while there is room; with its key and place."""
    place = _PLACE_OF[table]
    return f"""
  IF cardinality(hits) <= most THEN
    SELECT hits || coalesce(array_agg(f.id), '{{}}'), keys || coalesce(array_agg(f.sort_key), '{{}}'),
        places || coalesce(array_agg(f.place), '{{}}') INTO hits, keys, places
      FROM (SELECT x.id, x.sort_key::text, {place} AS place FROM {table} x WHERE {condition} AND {_of_funds(place)}
        AND x.id <> ALL (hits) {order} LIMIT most + 1 - cardinality(hits)) f;
    ranks := ranks || array_fill({rank}, ARRAY[cardinality(hits) - cardinality(ranks)]);
  END IF;"""


def _begins(table: str, start: str) -> str:
    """As it begins, in the order of the index: it stops at the last that there is room for."""
    condition = f"x.sort_key ~>=~ {start} AND x.sort_key ~<~ ({start} || {_LAST})"
    return _more(2, table, condition, "ORDER BY x.sort_key USING ~<~")


def _has_all(table: str, words: str) -> str:
    """Each word as typed; of many, the index is asked for the two that tell most, and what it finds is read."""
    return f"""
    exact := ARRAY(SELECT ('x' || left(md5(w), 8))::bit(32)::integer
      FROM unnest(CASE WHEN cardinality(words) > 3 THEN words[:2] ELSE words END) w);
    {_more(3, table, f"backoffice_keys({words}) @> exact AND string_to_array({words}, ' ') @> words")}"""


def _has_all_near(table: str, words: str) -> str:
    """Each word nearly as typed: the index is asked for the two that tell most, or for three; what it finds is read."""
    keys = f"backoffice_keys({words})"
    near = f"{keys} && one AND {keys} && other AND {keys} && third AND backoffice_all_near({words}, words)"
    return f"""
    IF cardinality(hits) <= {_HARDLY_ANYBODY} THEN
      one := backoffice_keys(words[1]);
      other := coalesce(backoffice_keys(words[2]), one);
      third := CASE WHEN cardinality(words) = 3 THEN backoffice_keys(words[3]) ELSE one END;
      {_more(4, table, near)}
    END IF;"""


def _has_all_one_near(table: str, words: str) -> str:
    """One word nearly as typed, the others as they are: what nearly everybody means, and much less to look through."""
    keys = f"backoffice_keys({words})"
    near = f"{keys} @> others AND {keys} && one AND backoffice_all_near({words}, words)"
    return f"""
    IF cardinality(words) IN (2, 3) AND cardinality(hits) <= {_HARDLY_ANYBODY} THEN
      FOR nth IN 1..cardinality(words) LOOP
        others := exact[:nth - 1] || exact[nth + 1:];
        one := backoffice_keys(words[nth]);
        {_more(4, table, near)}
      END LOOP;
    END IF;"""


_DECLARED = f"""DECLARE mine text[] := {_FUNDS}; hits bigint[] := '{{}}'; ranks integer[] := '{{}}';
  keys text[] := '{{}}'; places bigint[] := '{{}}'; start text; given text[];
  exact integer[]; others integer[]; one integer[]; other integer[]; third integer[];
BEGIN"""

_NUMBERED = (
    f"SELECT n.establishment_id FROM establishments_contract n WHERE {bare_number('n')} = wanted_number "
    "AND n.fund = ANY (mine)"
)
_PLACES = f"""{_DECLARED}
  IF wanted_siret <> '' THEN {_more(1, _PLACE, "x.siret = wanted_siret")} END IF;
  IF wanted_siren <> '' THEN {_more(1, _PLACE, "x.siren = wanted_siren")} END IF;
  IF wanted_number <> '' THEN
    {_more(1, _PLACE, f"x.id IN ({_NUMBERED})")}
  END IF;
  IF typed <> '' THEN
    {_begins(_PLACE, "typed")}
    {_has_all(_PLACE, "x.sort_key")}
    {_has_all_near(_PLACE, "x.sort_key")}
  END IF;
  IF hits = '{{}}' THEN RETURN; END IF;
  RETURN QUERY SELECT e.siret::text, e.name::text, e.kind::text, e.postcode::text, e.department::text,
      (SELECT count(*)::integer FROM access_membership m WHERE m.establishment_id = e.id
        AND {active_administrator_sql(today="on_day", months="so_many")}),
      EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id), cardinality(hits)
    FROM (SELECT f.* FROM unnest(hits, ranks, keys) AS f (id, rank, key)
      ORDER BY f.rank, f.key = typed DESC, f.key, f.id LIMIT per OFFSET skipped) h
    JOIN establishments_establishment e ON e.id = h.id ORDER BY h.rank, h.key = typed DESC, h.key, h.id;
END"""


def _status() -> str:
    rule = {"today": "on_day", "months": "so_many"}
    said = status_sql(last_administrator_sql(**rule))
    return said.replace("%(today)s", "on_day").replace("%(months)s", "so_many")


_WORDS = account_words("x")
_NEAR_EMAIL = f"backoffice_keys({_WORDS}) && one AND backoffice_near(lower(x.email), wanted_email)"
# The surname leads the key: « Claire Dubois » is looked up as « dubois claire » too, « Anne de la Tour » as « de la
# tour anne » and so on.
_PEOPLE = f"""{_DECLARED}
  IF wanted_code <> '' THEN {_more(1, _MEMBER, "x.identifier = wanted_code")} END IF;
  IF wanted_phone <> '' THEN {_more(1, _MEMBER, "x.phone = wanted_phone")} END IF;
  IF wanted_email <> '' THEN
    {_more(1, _MEMBER, "lower(x.email) = wanted_email")}
    IF cardinality(hits) <= {_HARDLY_ANYBODY} THEN
      one := backoffice_keys(split_part(wanted_email, '@', 1));
      {_more(4, _MEMBER, _NEAR_EMAIL)}
    END IF;
  END IF;
  -- An identifier checks itself: what is one, and is somebody's, is nobody's name.
  IF typed <> '' AND (wanted_code = '' OR hits = '{{}}') THEN
    given := string_to_array(typed, ' ');
    IF cardinality(given) > {_LONGEST_NAME} THEN given := ARRAY[typed]; END IF;
    FOR nth IN 1..cardinality(given) LOOP
      start := array_to_string(given[nth:] || given[:nth - 1], ' ');
      {_begins(_MEMBER, "start")}
    END LOOP;
    {_has_all(_MEMBER, _WORDS)}
    {_has_all_one_near(_MEMBER, _WORDS)}
    {_has_all_near(_MEMBER, _WORDS)}
  END IF;
  IF hits = '{{}}' THEN RETURN; END IF;
  RETURN QUERY SELECT m.ref, m.first_name::text, m.last_name::text, m.function::text, m.profile::text,
      m.identifier::text, h.siret::text, h.name::text, ({_status()}), cardinality(hits)
    FROM (SELECT f.*, e.siret, e.name, e.sort_key FROM unnest(hits, ranks, keys, places) AS f (id, rank, key, place)
      JOIN establishments_establishment e ON e.id = f.place
      ORDER BY f.rank, f.key, e.sort_key, f.id LIMIT per OFFSET skipped) h
    JOIN access_membership m ON m.id = h.id ORDER BY h.rank, h.key, h.sort_key, h.id;
END"""

_FIND_PLACES, _FIND_PEOPLE = "backoffice_find_places", "backoffice_find_people"
# Each statement is planned once per connection, for any word, and never as a reading of the whole table. To be written
# again after the functions, which forget it.
KEPT_PLANS = ("plan_cache_mode=force_generic_plan", "enable_seqscan=off")
_SETTING_PLANS: list[Any] = [
    f"ALTER FUNCTION {name} SET {setting}" for name in (_FIND_PLACES, _FIND_PEOPLE) for setting in KEPT_PLANS
]
SEARCH_PLANS = migrations.RunSQL(_SETTING_PLANS, migrations.RunSQL.noop)
SEARCH_CROSSINGS = [
    crossing(
        f"{_FIND_PLACES}(typed text, words text[], wanted_siret text, wanted_siren text, wanted_number text, "
        "on_day date, so_many integer, most integer, per integer, skipped integer)",
        "TABLE (siret text, name text, kind text, postcode text, department text, administrators integer, "
        "known boolean, total integer)",
        _PLACES,
        roles="parvis_adviser",
        language="plpgsql",
    ),
    crossing(
        f"{_FIND_PEOPLE}(typed text, words text[], wanted_code text, wanted_phone text, wanted_email text, "
        "on_day date, so_many integer, most integer, per integer, skipped integer)",
        "TABLE (ref uuid, first_name text, last_name text, function text, profile text, identifier text, siret text, "
        "place text, status text, total integer)",
        _PEOPLE,
        roles="parvis_adviser",
        language="plpgsql",
    ),
]
