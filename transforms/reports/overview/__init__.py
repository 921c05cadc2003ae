"""index.html: the round at a glance and one page per pilot."""
