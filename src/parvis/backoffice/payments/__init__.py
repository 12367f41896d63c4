"""« Virements »: transfers received by the funds that could not be put on an account by themselves."""
