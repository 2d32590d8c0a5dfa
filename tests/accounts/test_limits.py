"""How often a public page may be asked."""

from accounts.limits import too_many


def asked(rf, address="192.0.2.1", **headers):
    return rf.post("/", REMOTE_ADDR=address, **headers)


def test_an_address_is_limited_over_all_visitors(rf):
    answers = [
        too_many(asked(rf, f"192.0.2.{n}"), "essai", email="A@exemple.test", per_email=2)
        for n in range(3)
    ]
    assert answers == [False, False, True]
    assert too_many(asked(rf), "essai", email="a@exemple.test", per_email=2) is True
    assert too_many(asked(rf), "essai", email="b@exemple.test", per_email=2) is False


def test_a_visitor_is_limited_over_all_addresses(rf):
    answers = [too_many(asked(rf), "essai", email=f"{n}@exemple.test", per_ip=2) for n in range(3)]
    assert answers == [False, False, True]
    assert too_many(asked(rf, "192.0.2.9"), "essai", email="x@exemple.test", per_ip=2) is False


def test_one_action_does_not_count_for_another(rf):
    assert too_many(asked(rf), "un", per_ip=1) is False
    assert too_many(asked(rf), "un", per_ip=1) is True
    assert too_many(asked(rf), "deux", per_ip=1) is False


def test_behind_a_proxy_the_visitor_is_the_one_it_vouches_for(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    one = {"HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.1"}
    other = {"HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.2"}
    assert too_many(asked(rf, **one), "essai", per_ip=1) is False
    assert too_many(asked(rf, **one), "essai", per_ip=1) is True
    assert too_many(asked(rf, **other), "essai", per_ip=1) is False


def test_without_a_proxy_a_forwarded_header_is_not_believed(rf):
    answers = [
        too_many(asked(rf, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"), "essai", per_ip=1)
        for n in range(2)
    ]
    assert answers == [False, True]
