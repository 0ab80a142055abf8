"""What goes wrong while the product works: processes that die, and disks that are full."""
