"""Publishing under attack: killed, out of space, twice at once, while somebody reads and somebody writes."""
