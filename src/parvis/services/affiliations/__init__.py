"""« Agents et affiliations »."""
