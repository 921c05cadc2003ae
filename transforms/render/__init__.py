"""Frames in, the bytes of workbooks out. What a reviewer reads is written here, in Chinese."""
