"""« Vos courriers » as an online service: its declaration alone; the letters themselves are in `parvis.letters`."""
