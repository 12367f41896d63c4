"""The settings of web, with the addresses of the bench beside those of Parvis: same middleware, same database role."""

from parvis.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
