"""The public pages of « Inscrire un établissement »: parse, call, answer."""
