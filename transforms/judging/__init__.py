"""Apply the rules to a batch, decide what is usable, deduplicate and word the findings."""
