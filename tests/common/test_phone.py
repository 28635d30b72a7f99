import pytest

from apps.common.phone import masked_phone, parse_phone, split_phones


@pytest.mark.parametrize(
    ("written", "digits", "kind"),
    [
        ("13800000000", "13800000000", "mobile"),
        ("138 0000 0000", "13800000000", "mobile"),
        ("１３８００００００００", "13800000000", "mobile"),
        ("138-0000-0000", "13800000000", "mobile"),
        ("+86 138 0000 0000", "13800000000", "mobile"),
        ("008613800000000", "13800000000", "mobile"),
        ("8613800000000", "13800000000", "mobile"),
        (13800000000, "13800000000", "mobile"),
        (13800000000.0, "13800000000", "mobile"),
        ("0757-82280001", "075782280001", "landline"),
        ("(0757) 8228 0001", "075782280001", "landline"),
        ("（010）65550001", "01065550001", "landline"),
        ("0859-3220001", "08593220001", "landline"),
    ],
)
def test_usual_writings_are_taken_without_a_warning(written, digits, kind):
    found = parse_phone(written)

    assert (found.digits, found.kind, found.extension, found.warnings) == (digits, kind, "", ())


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        (75782280001, "075782280001"),
        (1065550001, "01065550001"),
        (8593220001.0, "08593220001"),
        ("75782280001", "075782280001"),
        (82280001, "82280001"),
        ("82280001", "82280001"),
        ("4008123456", "4008123456"),
        (12345678901, "12345678901"),
    ],
)
def test_doubtful_numbers_are_taken_with_one_warning(written, digits):
    found = parse_phone(written)

    assert found.digits == digits
    assert len(found.warnings) == 1


@pytest.mark.parametrize("written", ["0757-82280001-8012", "0757-82280001转8012", "075782280001 ext 8012"])
def test_extension_is_kept_apart(written):
    found = parse_phone(written)

    assert (found.digits, found.extension) == ("075782280001", "8012")


@pytest.mark.parametrize("written", ["", None, True, "无", "1380000000", "123", 12.5, float("nan"), "张三的电话"])
def test_refusals_are_chinese_sentences(written):
    with pytest.raises(ValueError) as refused:
        parse_phone(written)

    assert str(refused.value).endswith("。")


def test_several_numbers_in_a_cell():
    assert split_phones("13800000000/0757-82280001、13900000000") == [
        "13800000000",
        "0757-82280001",
        "13900000000",
    ]
    assert split_phones(13800000000) == [13800000000]
    assert split_phones(None) == []
    assert split_phones("  ") == []


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("13800001234", "138****1234"),
        ("075782281234", "0757****1234"),
        ("01065551234", "010****1234"),
        ("82281234", "****1234"),
        ("", ""),
    ],
)
def test_mask_shows_the_last_four(digits, shown):
    assert masked_phone(digits) == shown
