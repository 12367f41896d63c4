"""Obligations of employers beside their contributions: disabled workers, family supplement, elected members."""
