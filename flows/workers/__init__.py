"""Processes that work for a run: reading untrusted files, converting and rendering; and the task runner."""
