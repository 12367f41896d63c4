"""Converters of addresses."""


class SiretConverter:
    """14 digits: the establishment is in the address, never hidden in the session."""

    regex = r"\d{14}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
