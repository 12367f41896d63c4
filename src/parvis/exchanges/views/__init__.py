"""The establishment's pages of exchanges."""
