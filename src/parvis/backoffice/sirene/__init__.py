"""« Changements Sirene »: what INSEE's files say otherwise than before, and what advisers make of it."""
