"""Numbers that people type and dictate: SIRET, SIREN, telephone, Parvis identifier; and text made comparable."""
