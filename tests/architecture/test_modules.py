"""Modules refer to each other only where they say so, and never in a circle."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest
from django.apps import apps

from stateworks.kernel.module import Module
from tests.architecture.sources import ROOT

MODULES = [config for config in apps.get_app_configs() if isinstance(config, Module)]
KERNEL = {config.label for config in apps.get_app_configs() if config.name.startswith("stateworks.kernel.")}


def referred_to(module: Module) -> set[str]:
    """Return the labels of the apps of this repository that the module's models hold a foreign key to."""
    return {
        field.related_model._meta.app_label
        for model in module.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model.__module__.startswith("stateworks.") and field.related_model is not model
    } - {module.label}


def test_every_folder_of_a_module_is_installed() -> None:
    folders = {path.parent.name for path in (ROOT / "src/stateworks/modules").glob("*/apps.py")}
    assert folders == {module.label for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.label)
def test_what_a_module_refers_to_is_declared(module: Module) -> None:
    assert referred_to(module) - KERNEL <= set(module.depends_on)
    assert set(module.depends_on) <= {other.label for other in MODULES}


def test_modules_depend_on_each_other_in_no_circle() -> None:
    order = TopologicalSorter({module.label: set(module.depends_on) for module in MODULES})
    assert list(order.static_order())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.label)
def test_a_module_says_what_it_is_for(module: Module) -> None:
    assert module.title
    assert module.purpose.endswith(".")


def test_the_kernel_refers_to_no_module() -> None:
    outside = {
        f"{model._meta.label} -> {field.related_model._meta.label}"
        for config in apps.get_app_configs()
        if config.label in KERNEL
        for model in config.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model.__module__.startswith("stateworks.")
        if field.related_model._meta.app_label not in KERNEL
    }
    assert not outside
