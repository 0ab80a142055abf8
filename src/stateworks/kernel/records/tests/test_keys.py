"""A record's address leads back to the record, whatever its key holds."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve, reverse
from hypothesis import example, given
from hypothesis import strategies as st

from stateworks.kernel.records.keys import RESERVED, address_of, parts_of

#: What PostgreSQL keeps: any text without the null character; halves of characters are none.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@given(st.lists(st.none() | TEXTS, min_size=1, max_size=4))
@example([None])
@example(["", None, ""])
@example([".."])
@example(["."])
@example(["a/b", "c\\d"])
@example(["100 %", "~n", "~e", "~2F"])
@example(["a,b", "?q=1#x"])
@example(["Łódź 東京 🏛", "\u2028\x7f\n\t "])
def test_an_address_leads_back(parts: list[str | None]) -> None:
    address = address_of(parts)
    assert parts_of(address) == parts
    # Through a browser: the address as it is sent, cut where browsers cut, and as the site gets it.
    url = reverse("web:record", args=["office.vendor", address])
    assert urlsplit(url).path == url
    found = resolve(unquote(url))
    assert found.url_name == "record"
    assert found.kwargs == {"name": "office.vendor", "key": address}


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_key_named_like_a_page_is_still_a_record(word: str) -> None:
    assert resolve(reverse("web:record", args=["office.vendor", address_of([word])])).url_name == "record"
    assert parts_of(address_of([word])) == [word]


@given(
    st.lists(st.none() | TEXTS, min_size=1, max_size=3), st.lists(st.none() | TEXTS, min_size=1, max_size=3)
)
def test_two_keys_have_two_addresses(one: list[str | None], other: list[str | None]) -> None:
    assert (address_of(one) == address_of(other)) == (one == other)


@pytest.mark.parametrize("address", ["~", "~zz", "~FF", "a~", "~C3"])
def test_what_nobody_wrote_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parts_of(address)
