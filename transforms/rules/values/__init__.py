"""Rules about the values of one indicator: unit errors, misplaced and copied figures, trajectory, peers."""
