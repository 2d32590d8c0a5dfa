"""An address is read whole, or a sentence says why not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.addresses import NotOneAddress, addresses_of, canonical, kept, one_address, shown

IDN = "jean@xn--socit-conseil-ehbb.example"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("", ""),
        ("jean@x.fr", "jean@x.fr"),
        ("  Jean.DUPONT@X.Fr ", "jean.dupont@x.fr"),
        ("o'brien@x.fr", "o'brien@x.fr"),
        ("o’brien@x.fr", "o'brien@x.fr"),
        ("jean+formation@x.fr", "jean+formation@x.fr"),
        ("n/a@x.fr", "n/a@x.fr"),
        ("jean&anne@x.fr", "jean&anne@x.fr"),
        ("jean @ x.fr", "jean@x.fr"),
        ("mailto:jean@x.fr", "jean@x.fr"),
        ("MAILTO: jean@x.fr", "jean@x.fr"),
        ("Jean Dupont <jean@x.fr>", "jean@x.fr"),
        ("Dupont, Jean <jean@x.fr>", "jean@x.fr"),
        ('"Dupont, Jean" <jean@x.fr>;', "jean@x.fr"),
        ("jean@x.fr <mailto:jean@x.fr>", "jean@x.fr"),
        ("pro : jean@x.fr", "jean@x.fr"),
        ("pro:jean@x.fr", "jean@x.fr"),
        ("E-mail pro : jean@x.fr", "jean@x.fr"),
        ("jean@x.fr (pro)", "jean@x.fr"),
        ("'jean@x.fr", "jean@x.fr"),
        ("« jean@x.fr »", "jean@x.fr"),
        ("<jean@x.fr>.", "jean@x.fr"),
        ("jean\u200b@x.fr", "jean@x.fr"),
        ("jean＠x.fr", "jean@x.fr"),
        ("jean@société-conseil.example", IDN),
        ("JEAN@SOCIÉTÉ-CONSEIL.EXAMPLE", IDN),
        ("jean@socie\u0301te\u0301-conseil.example", IDN),
        (IDN.upper(), IDN),
        # Another domain than strasse.example, as browsers have it.
        ("a@straße.example", "a@xn--strae-oqa.example"),
    ],
)
def test_one_address_is_read_whole(typed, address):
    assert one_address(typed) == address
    assert addresses_of(typed) == ([address] if address else [])


@pytest.mark.parametrize(
    "typed",
    [
        "jean@x.fr / anne@y.fr",
        "jean@x.fr ; anne@y.fr",
        "jean@x.fr;anne@y.fr",
        "jean@x.fr, anne@y.fr",
        "jean@x.fr,anne@y.fr",
        "jean@x.fr ou anne@y.fr",
        "jean@x.fr et anne@y.fr",
        "jean@x.fr ::: anne@y.fr",
        "jean@x.fr:::anne@y.fr",
        "jean@x.fr\nanne@y.fr",
        "jean@x.fr anne@y.fr",
        "jean@x.fr - anne@y.fr",
        "jean@x.fr/anne@y.fr",
        "jean@x.fr|anne@y.fr",
        "pro : jean@x.fr perso : anne@y.fr",
        "jean@x.fr (anne@y.fr)",
        "Jean <jean@x.fr>, Petit, Anne <anne@y.fr>",
        "jean@x.fr, Petit <anne@y.fr>",
    ],
)
def test_several_addresses_are_each_read_and_none_of_them_is_the_one(typed):
    assert addresses_of(typed) == ["jean@x.fr", "anne@y.fr"]
    with pytest.raises(NotOneAddress, match="contient 2 adresses e-mail : n’en gardez qu’une"):
        one_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "jean dupont@x.fr",
        "jean,dupont@x.fr",
        "jean, dupont@x.fr",
        "jean;dupont@x.fr",
        "jean - dupont@x.fr",
        "jean:dupont@x.fr",
        "jean(dupont)@x.fr",
        "o 'brien@x.fr",
        "Mr o'brien@x.fr",
        "jean@mail.cabinet .fr",
        "jean@x.fr Paris",
        "jean@@x.fr",
        "jean@anne@x.fr",
        "jean..dupont@x.fr",
        "jean.@x.fr",
        "jean@x..fr",
        "jean@x",
        "jean@-x.fr",
        "jean@x_y.fr",
        "jean@1.2.3.4",
        "jean@[1.2.3.4]",
        '"jean dupont"@x.fr',
        "hélène@x.fr",
        "иван@x.fr",
        "@x.fr",
        "jean@",
        "@",
        "néant",
        "-",
        f"{'a' * 65}@x.fr",
        f"a@{'b.' * 130}fr",
        "a@x.fr ; " * 1000,
    ],
)
def test_what_is_no_whole_address_is_never_cut(typed):
    assert addresses_of(typed) == []
    assert canonical(typed) == ""
    with pytest.raises(NotOneAddress) as refused:
        one_address(typed)
    assert str(refused.value).startswith("« ")


def test_an_accent_before_the_at_is_said():
    with pytest.raises(NotOneAddress, match="devant le @ une lettre accentuée"):
        one_address("hélène@x.fr")


def test_what_stands_beside_whole_addresses_is_told_and_they_are_tried():
    assert addresses_of("jean@x.fr ; néant") == ["jean@x.fr"]
    assert canonical("jean@x.fr ; néant") == ""


def test_a_crowd_in_a_cell_is_nobody():
    assert addresses_of(" ; ".join(f"a{n}@x.fr" for n in range(9))) == []


def test_an_address_is_shown_with_its_domain_in_letters():
    assert shown(IDN) == "jean@société-conseil.example"
    assert shown("jean@x.fr") == "jean@x.fr"
    assert shown("xn--") == "xn--"


def test_a_list_keeps_the_one_address_of_a_cell_or_the_cell_as_typed():
    assert kept("Jean <Jean@X.fr>;") == "jean@x.fr"
    assert kept(IDN) == "jean@société-conseil.example"
    assert kept("Jean@x.fr / anne@y.fr") == "Jean@x.fr / anne@y.fr"
    assert kept("jean dupont@x.fr") == "jean dupont@x.fr"


def test_a_cell_too_long_for_its_column_keeps_whole_addresses():
    assert kept("jean@x.example ; anne@y.example", most=20) == "jean@x.example"
    cut = kept(f"jean dupont {'x' * 40}@x.example", most=30)
    assert len(cut) == 30
    assert addresses_of(cut) == []


LOCALS = st.from_regex(r"[a-z0-9+'_-]{1,12}(\.[a-z0-9]{1,8})?", fullmatch=True).filter(
    lambda local: local[0] != "'"
)
DOMAINS = st.sampled_from(["x.fr", "mail.cabinet.example", "société.example", "xn--p1ai.example"])
NOISE = st.text(st.sampled_from("abé .,;:/'<>()@\"\n-_|&’"), max_size=12)


@settings(deadline=None, database=None, derandomize=True, max_examples=500)
@given(LOCALS, DOMAINS, NOISE, NOISE)
def test_an_address_in_any_noise_is_found_whole_or_not_at_all(local, domain, before, after):
    whole = canonical(f"{local}@{domain}")
    assert whole.startswith(f"{local}@")
    for address in [*addresses_of(f"{before} {whole} {after}"), canonical(f"{before} {whole}")]:
        # Another address may stand in the noise; none may be an end or a beginning of ours.
        assert address == canonical(address)
        assert not (address and address != whole and whole.endswith(address))


@settings(deadline=None, database=None, derandomize=True, max_examples=300)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    for address in addresses_of(text):
        assert one_address(address) == address
        assert address.isascii()
    try:
        one_address(text)
    except NotOneAddress as refused:
        assert str(refused)[0] == "«"  # noqa: PT017 - either answer is fair


def test_a_hostile_cell_takes_no_time():
    began = time.monotonic()
    for piece in ("<", "<@", "(@", "a :", " @", "@/", "é:", "a@x.fr ", "é", "a@é.", "xn--a.", ";@"):
        for text in (piece * 2000, piece * (1999 // len(piece)), "a@" + piece * 900):
            addresses_of(text)
            canonical(text)
    assert time.monotonic() - began < 5
