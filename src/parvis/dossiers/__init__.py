"""The case engine: every request that travels between an establishment, its centralisateur and a fund."""
