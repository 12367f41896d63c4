"""The rules of the DSN norm as pure functions, which a reader of whole files can call. Source: CT2025.1.3, P26V01."""
