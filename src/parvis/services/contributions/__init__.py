"""« Cotisations »."""
