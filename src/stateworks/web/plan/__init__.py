"""A plan as pages: its tree, nodes, priorities, maturity, versions and findings; uploading one."""
