"""The same settings under the migrations' role: `migrate`, imports, seed, `parvis daily`."""

import os

from parvis.config.settings import *  # noqa: F403
from parvis.config.settings import DATABASES as APPLICATION
from parvis.ground.database.addresses import postgres_settings

_owner = postgres_settings(os.environ.get("DATABASE_OWNER_URL", "postgresql:///parvis?user=parvis_owner"))
DATABASES = {
    "default": {
        **APPLICATION["default"],
        **_owner,
        "OPTIONS": {**_owner["OPTIONS"], "options": APPLICATION["default"]["OPTIONS"]["options"]},
    }
}
