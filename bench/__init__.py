"""What is measured, and how. `make bench` prints every figure beside its target; no test depends on time."""
