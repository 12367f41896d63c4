"""« Pourquoi cet accès ? » and « Qui peut faire quoi », as it is today and as it was on a given day."""
