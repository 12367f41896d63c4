"""« Inscrire un établissement »: from a SIRET to the establishment's first administrator."""
