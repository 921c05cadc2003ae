"""Files of a round and of a package as bytes: CSV, Office files without a clock, summaries."""
