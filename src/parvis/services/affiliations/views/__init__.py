"""The pages of « Agents et affiliations »."""
