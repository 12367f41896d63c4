"""`python -m bench.server 127.0.0.1:8123`: the web server of `parvis web`, with the pages of the bench besides."""

import os
import sys

from parvis.config.web import Web

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    Web(sys.argv[1]).run()
