"""The yearly reconciliation of billed services under 2 CFR 200 appendix V: facts, arithmetic, schedules and files."""

from stateworks.modules.billing.federal.facts import Facts
from stateworks.modules.billing.federal.package import Package, package_of

__all__ = ["Facts", "Package", "package_of"]
