"""Read before `tests/conftest.py`, which imports models: the database and Django's settings must stand by then."""

pytest_plugins = ["tests.plugins.database", "tests.plugins.html", "tests.plugins.order", "tests.plugins.owned"]
