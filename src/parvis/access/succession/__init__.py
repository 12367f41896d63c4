"""What becomes of an establishment that another one has taken the place of, for those who had an account in it."""
