"""Datasets: what there is, its rows, loading a file, what was refused."""
