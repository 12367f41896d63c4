"""The regulations as a library: dated values with their source, contributions, due dates, pensions, identifiers.

No Django, no network, no clock: whoever calls says for which day. The computing core reads and writes nothing; the
parameters are read from this package's own files. Money is `Decimal`, in euros; periods are half-open (`starts_on`
included, `ends_before` not); every result carries the steps by which it came about.
"""
