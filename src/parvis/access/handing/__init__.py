"""Work that passes from one colleague to another: absence, hand-over (« passation »), deputy (« suppléance »)."""
