"""Who waits for whom: order and time, nothing else."""
