"""Prefect artifacts, notifications, run log and run summary."""
