"""What the business means: pure decisions about the sales-to-support lifecycle, free of clocks, randomness and I/O."""
