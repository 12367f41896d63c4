"""« Déclarations individuelles (DI) »: the follow-up of DSN."""
