"""One letter wrong, missing, doubled or swapped still finds a word of five letters or more.

Two words that are one such mistake apart share a key: the word itself, or the word less one of its letters. The keys of
what is stored are indexed (GIN; no contrib extension is needed), the keys of what is typed are looked up, and what they
have in common is then compared letter by letter: keys alone also meet by chance.
"""

# Called by whoever adds or changes an account, for the index: it reads nothing, so that everybody may.
KEYS = """
CREATE FUNCTION backoffice_keys(words text) RETURNS integer[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(array_agg(DISTINCT ('x' || left(md5(k), 8))::bit(32)::integer), '{}') FROM (
  SELECT w AS k FROM string_to_table(words, ' ') w WHERE w <> ''
  UNION ALL
  SELECT overlay(w PLACING '' FROM i FOR 1) FROM string_to_table(words, ' ') w, generate_series(1, length(w)) i
  WHERE length(w) >= 5) s $$
"""

NEAR = """
CREATE FUNCTION backoffice_near(stored text, typed text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE a integer := length(stored); b integer := length(typed); p integer := 1;
BEGIN
  IF stored = typed THEN RETURN true; END IF;
  IF a < 5 OR abs(a - b) > 1 THEN RETURN false; END IF;
  WHILE p <= least(a, b) AND substr(stored, p, 1) = substr(typed, p, 1) LOOP p := p + 1; END LOOP;
  RETURN CASE
    WHEN a > b THEN substr(stored, p + 1) = substr(typed, p)
    WHEN a < b THEN substr(stored, p) = substr(typed, p + 1)
    ELSE substr(stored, p + 1) = substr(typed, p + 1)
      OR (substr(stored, p, 1) = substr(typed, p + 1, 1) AND substr(stored, p + 1, 1) = substr(typed, p, 1)
        AND substr(stored, p + 2) = substr(typed, p + 2)) END;
END $$
"""

# Whether each typed word is near to some word of what is stored.
ALL_NEAR = """
CREATE FUNCTION backoffice_all_near(stored text, typed text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE held text[] := string_to_array(stored, ' '); word text; one text; met boolean;
BEGIN
  FOREACH word IN ARRAY typed LOOP
    CONTINUE WHEN word = ANY (held);
    met := false;
    FOREACH one IN ARRAY held LOOP
      met := public.backoffice_near(one, word);
      EXIT WHEN met;
    END LOOP;
    IF NOT met THEN RETURN false; END IF;
  END LOOP;
  RETURN true;
END $$
"""

# What is searched of an account: its name, and what stands before the « @ » of its e-mail.
ACCOUNT_WORDS = "{m}.sort_key || ' ' || lower(split_part({m}.email, '@', 1))"
BARE_NUMBER = "lower(regexp_replace({c}.number, '[^0-9A-Za-z]', '', 'g'))"


def account_words(m: str) -> str:
    """The words of a row of access_membership, as indexed."""
    return ACCOUNT_WORDS.format(m=m)


def bare_number(c: str) -> str:
    """The number of a row of establishments_contract, letters and digits alone, as indexed."""
    return BARE_NUMBER.format(c=c)


_M, _C = "access_membership", "establishments_contract"
INDEXES = [
    f"CREATE INDEX backoffice_account_keys ON {_M} USING gin (backoffice_keys({account_words(_M)}))",
    f"CREATE INDEX backoffice_account_name ON {_M} (sort_key text_pattern_ops)",
    f"CREATE INDEX backoffice_account_email ON {_M} (lower(email))",
    f"CREATE INDEX backoffice_account_phone ON {_M} (phone)",
    "CREATE INDEX backoffice_place_keys ON establishments_establishment USING gin (backoffice_keys(sort_key))",
    "CREATE INDEX backoffice_place_name ON establishments_establishment (sort_key text_pattern_ops)",
    f"CREATE INDEX backoffice_contract_number ON {_C} ({bare_number(_C)})",
]

# The hundred first of a name are found without reading an account; and no search goes
# through what was added since the last cleaning of the keys, entry by entry (adding an account takes 0.3 ms more).
TIGHTER = [
    "DROP INDEX backoffice_account_name",
    f"CREATE INDEX backoffice_account_name ON {_M} (sort_key text_pattern_ops) INCLUDE (establishment_id, id)",
    "ALTER INDEX backoffice_account_keys SET (fastupdate = off)",
    "SELECT gin_clean_pending_list('backoffice_account_keys')",
    # What the planner must know: the keys of one account take as long as reading dozens.
    "ALTER FUNCTION backoffice_keys COST 3000",
    "ALTER FUNCTION backoffice_all_near COST 1000",
    "ALTER FUNCTION backoffice_near COST 300",
]
