"""Ground floor: things named after what they are, which know no app and no table."""
