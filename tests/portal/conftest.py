from tests.portal.city import city  # noqa: F401 (fixture)
