"""What `make bench` measures: ratios and counts, each beside its aim."""
