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
