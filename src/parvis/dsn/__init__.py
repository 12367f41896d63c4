"""The monthly declaration (DSN) as a file: its norms as data, a streaming reader, a writer; pure Python."""
