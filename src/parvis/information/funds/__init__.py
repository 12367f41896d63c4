"""A page per fund, at an address that the fund's own site can link to."""
