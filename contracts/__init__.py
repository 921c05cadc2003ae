"""What must be true: tables, rounds, rules and the shape of every frame. Reads its own YAML and nothing else."""
