"""What `check` says of a config that the dashboard could not use as it stands."""

from __future__ import annotations

from tests.tui.commands.conftest import Bench


def test_a_theme_there_is_none_of_is_a_fault_of_the_config(bench: Bench) -> None:
    bench.write_config(head='[dashboard]\ntheme = "vendorq-drak"\n', kinds=["ensono"])
    error = bench.failed(78, "check")["error"]
    assert f"{bench.config}:2: dashboard.theme: there is no theme 'vendorq-drak'" in error["message"]
    assert error["next_step"] == "did you mean vendorq-dark?"
    assert "All is well" not in bench.call("check").err


def test_a_theme_of_ones_own_beside_the_config_is_well(bench: Bench) -> None:
    bench.write_config(head='[dashboard]\ntheme = "vendorq-light"\n', kinds=["ensono"])
    assert "All is well" in bench.call("check").err
