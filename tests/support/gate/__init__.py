"""What the tests of the gate have in common: the sample round as it is published, and every way to break it."""
