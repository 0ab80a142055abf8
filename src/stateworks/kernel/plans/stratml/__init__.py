"""Plans in StratML, the Strategy Markup Language: read leniently, written strictly.

Part 1 (ISO 17469-1) holds goals and objectives; Part 2 adds performance indicators with target and actual results. What
is written follows `rules`; what is read only has to be StratML by its root, since files in use differ from the schema
in names, order and identifiers.
"""
