"""Words of other libraries: none of theirs is forgotten, every word of ours exists, and the page says what they say."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

import augspec
from augspec.presets import names as preset_names
from augspec_conformance.distances.libraries import ALBUMENTATIONS, KORNIA, TORCHVISION
from augspec_conformance.distances.pair import Missing
from augspec_conformance.peer_ops.__main__ import main
from augspec_conformance.peer_ops.coverage import IMPORTED, coverage
from augspec_conformance.peer_ops.page import page
from augspec_conformance.peer_ops.read import Library, Word, _word, words

DOCS = Path(__file__).parents[2] / "docs"
WORDS = words()
BY_KEY = {library.key: library for library in WORDS.libraries}
MENTIONED = [(library, word) for library in WORDS.libraries for word in library.ops]


def test_every_op_that_is_mentioned_exists() -> None:
    known = augspec.ops()
    for library, word in MENTIONED:
        for one in word.here:
            where = f"{library.key}.{word.name}: {one.op}"
            assert one.op in known, where
            assert not one.preset or one.preset in preset_names(), where
            assert set(one.fields) <= set(known[one.op].model_fields), where


def test_what_is_matched_says_how_and_what_is_not_here_names_no_op() -> None:
    for library, word in MENTIONED:
        if word.verdict == "none":
            assert not word.here, (library.key, word.name)
        if word.verdict == "same":
            assert word.here or word.target or word.remark, (library.key, word.name)


def test_words_for_targets_are_those_of_the_table_of_targets() -> None:
    assert _word("Video", ["same", "frame stacks", ""], {}, frozenset({"frame stacks"})).target == "frame stacks"
    assert [mention.op for mention in _word("Video", ["same", "frame stacks", ""], {}).here] == ["frame", "stacks"]
    known = {word.target for word in WORDS.targets if word.target}
    assert {word.target for _, word in MENTIONED if word.target} <= known
    assert not known & set(augspec.ops())  # else a word of an op would be taken for one of a target
    for word in WORDS.targets:
        assert word.remark, word.name
        assert bool(word.target) == (word.verdict != "none") or word.name == "anything else", word.name


def test_the_page_is_what_the_words_say() -> None:
    assert (DOCS / "peers.md").read_text(encoding="utf-8") == page()


def test_an_importer_reads_nothing_that_is_said_not_to_be_here() -> None:
    for library in WORDS.libraries:
        known = coverage(library.importer)
        for word in library.ops:
            read = known.get(word.name) == IMPORTED
            assert not (read and word.verdict == "none"), (library.key, word.name)
        listed = {word.name for word in library.ops} | set(library.other)
        # What older versions called it, and what stands in files without being an op.
        older = {"albumentations": set(), "keras": {"InputLayer", "Lambda", "Sequential"}}
        if library.key in ("torchvision", "albumentations", "kornia", "keras"):
            assert set(known) <= listed | older.get(library.key, set()), library.key


def _named(library: Library, found: set[str]) -> None:
    """Compare the ops of an installed library with those that are written about, unless its version is another."""
    listed = {word.name for word in library.ops}
    assert len(listed) == len(library.ops)
    assert found - listed - set(library.other) == set()
    assert listed - found == set()


def _classes(module: Any) -> set[str]:
    return {name for name in dir(module) if inspect.isclass(getattr(module, name)) and not name.startswith("_")}


def _load(library: Any, version: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            library.load()
    except Missing as missing:
        pytest.skip(str(missing))
    if library.version() != version:
        pytest.skip(f"{library.name} {library.version()} is installed, and {version} is written about")


def test_no_transform_of_torchvision_is_forgotten() -> None:
    _load(TORCHVISION, BY_KEY["torchvision"].version)
    _named(BY_KEY["torchvision"], _classes(importlib.import_module("torchvision.transforms.v2")))


def test_no_transform_of_albumentations_is_forgotten() -> None:
    _load(ALBUMENTATIONS, BY_KEY["albumentations"].version)
    A = importlib.import_module("albumentations")
    _named(
        BY_KEY["albumentations"],
        {name for name in _classes(A) if issubclass(getattr(A, name), (A.BasicTransform, A.BaseCompose))},
    )


def test_no_augmentation_of_kornia_is_forgotten() -> None:
    _load(KORNIA, BY_KEY["kornia"].version)
    module = importlib.import_module("kornia.augmentation")
    _named(BY_KEY["kornia"], set(module.__all__))


def _public(package: str, file: str) -> str:
    """Return the text that lists public names: the packages themselves take long to import, and want an engine."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    return (Path(found.submodule_search_locations[0]) / file).read_text(encoding="utf-8")


def test_no_preprocessing_layer_of_keras_is_forgotten() -> None:
    text = _public("keras", "layers/__init__.py")
    _named(
        BY_KEY["keras"],
        set(re.findall(r"from keras\.src\.layers\.preprocessing\.[\w.]+ import \(?\s*(\w+)", text)),
    )


def test_no_function_of_tf_image_is_forgotten() -> None:
    text = _public("tensorflow", "_api/v2/image/__init__.py")
    found = set(re.findall(r"import (?:\w+ as )?(\w+) # line", text))
    assert len(found) > 60
    listed = {word.name for word in BY_KEY["tf_image"].ops} | set(BY_KEY["tf_image"].other)
    plain = {name.removeprefix("stateless_").removeprefix("random_") for name in found}
    plain -= {name.removeprefix("adjust_") for name in listed}  # random_hue is adjust_hue with a draw
    assert plain - listed - {"crop"} == set()
    assert listed - found == set()


def test_of_the_successor_stands_only_what_is_its_own() -> None:
    plain, own = ({word.name for word in BY_KEY[key].ops} for key in ("albumentations", "albumentationsx"))
    assert not plain & own
    assert len(own) == 35


@pytest.mark.parametrize("name", ["augmax", "dm_pix"])
def test_no_op_is_forgotten_of(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = pytest.importorskip(name)
    if name == "augmax":
        _named(BY_KEY[name], {one for one in dir(module) if one[0].isupper()})
    else:
        found = {one for one in dir(module) if inspect.isfunction(getattr(module, one)) and not one.startswith("_")}
        _named(BY_KEY[name], found)


def test_a_line_that_says_nothing_is_refused() -> None:
    reasons = {"code": "it is code"}
    assert _word("Lambda", ["none", "", "@code"], reasons) == Word("Lambda", "none", (), "", "it is code")
    for line in (["none", "", ""], ["equal", "rotate", ""], ["same", "rotate"], ["same", "Rotate()", ""]):
        with pytest.raises(ValueError, match=r"^Turn: "):
            _word("Turn", line, reasons)


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert (tmp_path / "peers.md").read_text(encoding="utf-8") == page()
    assert "peers.md is written" in capsys.readouterr().out
