"""The review of rights (« revue des droits »): proving once in a while that access is still right."""
