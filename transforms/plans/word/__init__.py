"""Read Word documents into paragraphs and tables."""
