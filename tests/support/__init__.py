"""Builders, servers and helpers that several tests share; a test module never imports another one."""
