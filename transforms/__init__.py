"""Pure functions: bytes or frames in, frames or bytes out. Never imports prefect, never touches a path."""
