"""Accounts from before addresses were read whole."""


def test_a_login_is_written_as_the_network_has_it(migrate):
    before = migrate("accounts", "0002_permissions").get_model("accounts", "User")
    for email in ("a@société.example", "b@société.example", "b@xn--socit-esab.example", "c@x.fr"):
        before.objects.create(email=email)
    after = migrate("accounts", "0003_addresses_read_whole").get_model("accounts", "User")
    assert list(after.objects.order_by("pk").values_list("email", flat=True)) == [
        "a@xn--socit-esab.example",
        "b@société.example",
        "b@xn--socit-esab.example",
        "c@x.fr",
    ]


def test_accounts_are_found_in_every_alphabet(migrate):
    before = migrate("accounts", "0003_addresses_read_whole").get_model("accounts", "User")
    before.objects.create(email="a@x.fr", last_name="Wałęsa", first_name="Éric")
    after = migrate("accounts", "0004_found_in_every_alphabet").get_model("accounts", "User")
    assert after.objects.get().search == "walesa eric a x fr"
