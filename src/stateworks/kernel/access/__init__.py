"""Access: who sees and does what."""
