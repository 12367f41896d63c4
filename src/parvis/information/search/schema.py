"""What the search adds to the tables it looks at (migrations 0003, 0004): what is indexed, which words are known."""

# A title counts for more than the text. The keys have no accents (`ground.identifiers.text.search_key`).
_VECTOR = """
ALTER TABLE {0} ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('french', search_title), 'A') || setweight(to_tsvector('french', search_text), 'C')) STORED;
CREATE INDEX {0}_vector ON {0} USING gin (vector)
"""
VECTORS = [_VECTOR.format("information_question"), _VECTOR.format("information_helppage")]
# Words are learnt from what is published, whoever writes it: those who write may not read what others draft. A word
# whose page is gone finds nothing; `parvis daily` forgets it.
LEARN = """
CREATE FUNCTION information_learn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  INSERT INTO information_word (word)
    SELECT DISTINCT w FROM regexp_split_to_table(NEW.search_title || ' ' || NEW.search_text, '[^a-z]+') w
    WHERE length(w) BETWEEN 5 AND 40 ORDER BY w ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION information_learn() FROM PUBLIC;
CREATE TRIGGER information_learn AFTER INSERT OR UPDATE ON information_news
  FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION information_learn();
CREATE TRIGGER information_learn AFTER INSERT OR UPDATE ON information_question
  FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION information_learn();
CREATE TRIGGER information_learn AFTER INSERT OR UPDATE ON information_helppage
  FOR EACH ROW EXECUTE FUNCTION information_learn();
CREATE INDEX information_word_keys ON information_word USING gin (backoffice_keys(word));
"""
# What advisers say beside the pages (migration 0004).
CLARIFICATIONS = [
    _VECTOR.format("information_clarification"),
    """CREATE TRIGGER information_learn AFTER INSERT OR UPDATE ON information_clarification
  FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION information_learn()""",
]
