"""pandera models, and the one place that catches pandera's exceptions."""
