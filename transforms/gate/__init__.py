"""The small frames over which the gate's expectations are checked before anything is published."""
