"""Delegations of rights (« délégation de droits »): what an establishment lets an organisation do for it."""
