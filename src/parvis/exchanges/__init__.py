"""« Nous contacter » and « Mes échanges »: what an establishment and the funds write to each other."""
