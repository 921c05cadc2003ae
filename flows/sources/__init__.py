"""Where submissions come from: source URLs, remote listing, ingest into data/raw, receipts."""
