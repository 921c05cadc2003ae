"""The Great Expectations suite that runs before publication."""
