"""One run of a review: what is asked, its steps in order, and how it ends."""
