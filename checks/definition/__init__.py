"""What was asked for: faults in the container group's definition."""
