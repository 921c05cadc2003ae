"""What the gate decides by: frames for its expectations, changes of each province, what is held back, the page."""
