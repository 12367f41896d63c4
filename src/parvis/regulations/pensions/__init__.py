"""Pensions. Those of the CNRACL: right and ages, durations, décote and surcote, minimum garanti, amount, survivors.

`estimate` puts them together: a career in, dates and amounts with every step out. The arithmetic stands in `formulas`,
free of steps and of parameters, so that a computation over columns can run the same rules.
"""
