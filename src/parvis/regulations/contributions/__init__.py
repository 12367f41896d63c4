"""Contributions, month by month: each fund's own module, at the rates of the period to which the pay relates."""
