"""The trail: what a record holds, the chains, the checkpoints, verification and search."""
