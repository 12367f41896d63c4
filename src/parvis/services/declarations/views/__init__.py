"""The pages of « Déclarations individuelles (DI) »."""
