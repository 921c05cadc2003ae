"""Achievement: targets of accepted plans against actual values."""
