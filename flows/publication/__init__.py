"""What is on disk: manifest, publish, history and rollback, reviewers' edits, lock, input fingerprint."""
