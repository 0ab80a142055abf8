"""The kernel: what every module needs and no module owns."""
