"""Companies behind declarations: a few are large, and at one port there are few."""

from collections import Counter

from portclock.traffic.traders import TRADERS, trader_of


def test_a_declaration_always_has_the_same_company() -> None:
    assert trader_of("CNLYG", "230120261000000042") == trader_of("CNLYG", "230120261000000042")
    assert trader_of("CNLYG", "230120261000000042").startswith("32079")


def test_a_few_companies_are_large_and_none_is_beyond_the_port() -> None:
    found = Counter(trader_of("CNSHD", str(n)) for n in range(3000))
    assert len(found) == TRADERS["CNSHD"]
    (_, most), *_, (_, least) = found.most_common()
    assert most > 10 * least
