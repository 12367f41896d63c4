"""One person, as advisers of the funds see them: accounts, state of sign-in, factors by kind."""
