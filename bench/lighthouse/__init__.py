"""Lighthouse on the pages that everybody sees: accessibility, best practices, performance. See bench/README.md."""
