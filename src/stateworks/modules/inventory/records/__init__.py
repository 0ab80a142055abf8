"""The inventory's record types: what people list, load, edit and hand out. Importing this registers them."""

from stateworks.modules.inventory.records import governing, links, outages, places, systems, watching

__all__ = ["governing", "links", "outages", "places", "systems", "watching"]
