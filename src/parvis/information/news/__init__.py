"""« Actualités »: what the funds say to employers; edited in `backoffice/news/`."""
