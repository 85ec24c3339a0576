"""`sources.toml`: what is read, and one line for everything that will not do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.live.sourcing.config_file import read_sources, site_sources

DOCS = Path(__file__).resolve().parents[4] / "docs" / "sources.md"
SOURCE = '[[source]]\nname = "g"\nkind = "mqtt"\naddress = "mqtt://127.0.0.1"\n'
MAP = (
    '[[source.map]]\nchannel = "a"\ncharacteristic = "thickness_um"\nstation = "roll"\n'
    'unit = "um"\nlot = "L1"\n'
)


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text)
    return path


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert example is not None
    found = read_sources(write(tmp_path, example[1]))
    assert [one.kind for one in found] == ["mqtt", "opcua", "sparkplug", "sql", "files"]
    gauges, furnace = found[:2]
    assert gauges.password_file == tmp_path / "secrets" / "broker"
    assert gauges.maps[0].channel.topic_filter == "line/+/thickness/+"
    assert gauges.maps[0].needs == {"station", "lot", "place"}
    assert furnace.maps[1].carries == "lot"


def test_the_home_has_the_file(tmp_path: Path) -> None:
    write(tmp_path, SOURCE + MAP)
    assert site_sources(tmp_path)[0].name == "g"


def test_a_position_may_be_a_number(tmp_path: Path) -> None:
    (one,) = read_sources(write(tmp_path, SOURCE + MAP + "position = 3\nscale = 2\n"))
    assert (one.maps[0].position, one.maps[0].scale) == ("3", 2.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "at least one [[source]] is needed"),
        ("x = 1", "tables must be [[source]], got 'x'"),
        ("[source]\nname='a'", "at least one [[source]] is needed"),
        ("source = [1]", "[[source]] 1 (1): it must be a table, got 1"),
        ("[[source", "sources are not TOML"),
        (SOURCE.replace('kind = "mqtt"\n', ""), "[[source]] 1 (g): kind is missing"),
        (SOURCE.replace("mqtt", "bus", 1), "kind must be one of files, opcua, mqtt"),
        (SOURCE + "port = 1", "key must be one of"),
        (SOURCE + 'query = "SELECT"', "key must be one of"),
        (SOURCE + 'insecure = "yes"', "insecure must be true or false, got 'yes'"),
        (SOURCE + "future_after_s = true", "future_after_s must be a number, got True"),
        (SOURCE + "future_after_s = -1", "future_after_s must be at least 0, got -1"),
        (SOURCE + "settle_s = inf", "settle_s must be at least 0, got inf"),
        (SOURCE + 'time_unit = "h"', "time_unit must be one of s, ms, us, ns, got 'h'"),
        (SOURCE + 'status = { E1 = "worse" }', "status E1 must be one of good, uncertain, bad"),
        (SOURCE.replace("127.0.0.1", "me:secret@x"), "address must not hold a password"),
        (SOURCE.replace("//127.0.0.1", "//[x"), "address must be a URL or a folder"),
        (SOURCE + MAP + SOURCE, "[[source]] name must stand once, got 'g' twice"),
        (SOURCE + MAP.replace("channel", "topic"), "[[source.map]] 1: key must be one of"),
        (SOURCE + MAP.replace('channel = "a"\n', ""), "[[source.map]] 1: channel is missing"),
        (SOURCE + MAP.replace('"a"', '"{x}/{x}"'), "bear each name once, got '{x}/{x}'"),
        (SOURCE + MAP.replace('station = "roll"\n', ""), "station is missing"),
        (SOURCE + MAP.replace('characteristic = "thickness_um"\n', ""), "characteristic is miss"),
        (SOURCE + MAP.replace('lot = "L1"\n', ""), "one of lot and lot_from is needed"),
        (SOURCE + MAP + 'lot_from = "events"\n', "one of lot and lot_from is needed"),
        (SOURCE + MAP + 'lot_from = "fate"\n', "lot_from must be one of"),
        (SOURCE + MAP + 'carries = "hope"\n', "carries must be one of value, lot, event"),
        (SOURCE + MAP + "scale = 0\n", "scale must not be 0"),
        (SOURCE + MAP.replace('unit = "um"\n', "scale = 2\n"), "unit is missing, scale and"),
        (SOURCE + MAP + "fields = { lot = 1 }\n", "fields.lot must be a text, got 1"),
        (SOURCE + "map = [1]", "[[source.map]] 1: it must be a table, got 1"),
    ],
)
def test_what_breaks_a_rule_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=re.escape(says)) as told:
        read_sources(path)
    assert str(told.value).startswith(str(path))
    assert "\n" not in str(told.value)
    assert "secret@" not in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sources cannot be read: No such file"):
        site_sources(tmp_path)


def test_a_password_is_read_from_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, SOURCE + 'password_file = "secret"\n' + MAP)
    (one,) = read_sources(path)
    with pytest.raises(InputError, match=r"password_file .*secret cannot be read"):
        one.password()
    (tmp_path / "secret").write_text("with space \n")
    assert one.password() == "with space "
    assert "with space" not in repr(one)
