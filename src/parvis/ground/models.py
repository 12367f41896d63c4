"""No table of its own: Django sends `post_migrate` only to applications that have this module (apps.py grants then)."""
