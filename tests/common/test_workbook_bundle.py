"""A zip of tables, as offices pack them, and what hostile ones get."""

import io
import struct
import zipfile

import openpyxl
import pytest

from apps.common.workbook import FileRefused, Limits, pack_files, read, read_upload

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def book(*names, rows=(("姓名",), ("甲",))) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name in names or ("名册",):
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def packed(files, kind=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def refusal(data, name="包.zip", **limits):
    with pytest.raises(FileRefused) as refused:
        read(data, name, Limits(**limits))
    return refused.value


def places(upload):
    return [(sheet.file, sheet.name) for sheet in upload.sheets]


def test_every_sheet_of_every_file_in_the_order_of_names():
    upload = read_upload(packed({"b/乙.csv": "姓名\n乙".encode(), "a.xlsx": book("一", "二")}), "包.zip")
    assert places(upload) == [("a.xlsx", "一"), ("a.xlsx", "二"), ("乙.csv", "")]
    assert upload.sheets[2].rows == [["姓名"], ["乙"]]


def test_litter_is_passed_over_and_other_files_are_named():
    files = {
        "__MACOSX/._甲.xlsx": b"junk",
        ".DS_Store": b"x",
        "夹/~$甲.xlsx": b"lock",
        "Thumbs.db": b"x",
        "夹/甲.xlsx": book(),
        "说明.docx": b"PK\x03\x04",
        "扫描.pdf": b"%PDF",
    }
    upload = read_upload(packed(files), "包.zip")
    assert places(upload) == [("甲.xlsx", "名册")]
    assert upload.unread == ["扫描.pdf", "说明.docx"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_the_utf8_mark_are_gbk_or_utf8(encoding):
    plain = "水利局名册.csv".encode(encoding)
    data = packed({"x" * len(plain): "姓名\n甲".encode()}, zipfile.ZIP_STORED)
    assert places(read_upload(data.replace(b"x" * len(plain), plain), "包.zip")) == [("水利局名册.csv", "")]


def test_odd_names_lead_nowhere_and_hide_nothing():
    files = {"../../etc/甲\u202efdp.csv": "姓名\n甲".encode(), "C:\\表\\" + "长" * 200 + ".csv": "姓名\n甲".encode()}
    names = [file for file, _ in places(read_upload(packed(files), "包.zip"))]
    assert "甲fdp.csv" in names
    assert all(len(name) <= 60 and "/" not in name and "\\" not in name for name in names)


def test_a_zip_in_a_zip_is_refused_and_named():
    for name in ("里面.zip", "里面.csv", "里面.xls"):
        refused = refusal(packed({name: packed({"甲.xlsx": book()})}))
        assert refused.code in ("nested", "wrong_kind"), name
        assert "里面" in refused.sentence
    assert refusal(packed({"里面.rar": b"Rar!"})).code == "nested"


def test_bombs_by_ratio_by_sum_and_by_lying():
    assert refusal(packed({"甲.csv": b"0" * 5_000_000})).code == "zip_bomb"
    two = packed({f"{n}.csv": b"\n".join(b"%d,x" % i for i in range(20_000)) for n in range(3)})
    assert refusal(two, unpacked=400_000).code == "zip_bomb"
    lying = bytearray(packed({"甲.csv": b"1,2\n" * 200_000}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 100)
    assert refusal(bytes(lying), unpacked=300_000).code in ("zip_bomb", "damaged")


def test_limits_hold_for_the_sum():
    rows = [("姓名",), *((f"甲{n}",) for n in range(60))]
    assert refusal(packed({"a.xlsx": book("一", rows=rows), "b.xlsx": book("二", rows=rows)}), rows=100).code == (
        "too_many_rows"
    )
    assert refusal(book("一", "二", rows=rows), "a.xlsx", rows=100).code == "too_many_rows"
    assert refusal(book(*map(str, range(5))), "a.xlsx", sheets=4).code == "too_many_sheets"
    assert refusal(packed({f"{n}.csv": b"x" for n in range(6)}), files=5).code == "too_many_files"


def test_what_is_wrong_in_one_file_names_it():
    locked = OLE + "EncryptedPackage\0".encode("utf-16-le")
    refused = refusal(packed({"好.xlsx": book(), "锁.xlsx": locked}))
    assert refused.code == "encrypted"
    assert refused.sentence.startswith("“锁.xlsx”：")
    assert "另存为" in refused.sentence


def test_locked_empty_and_damaged_zips():
    locked = bytearray(packed({"甲.csv": b"1,2"}, zipfile.ZIP_STORED))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    assert "不设密码" in refusal(bytes(locked)).sentence
    assert refusal(packed({})).code == "no_sheet"
    assert refusal(packed({"说明.pdf": b"%PDF"})).code == "no_sheet"
    assert refusal(packed({"甲.csv": b"1,2"})[:-30]).code == "damaged"
    assert refusal(b"Rar!\x1a\x07" + b"x" * 50, "包.rar").code == "wrong_kind"


def test_several_uploads_are_one_bundle_and_may_hold_a_zip():
    files = [("甲.csv", "姓名\n甲".encode()), ("甲.csv", "姓名\n乙".encode()), ("包.zip", packed({"丙.xlsx": book()}))]
    data = pack_files(files)
    assert data == pack_files(files)
    upload = read_upload(data, "", is_bundle=True)
    assert sorted(places(upload)) == [("包.zip/丙.xlsx", "名册"), ("甲.csv", ""), ("甲（2）.csv", "")]
    with pytest.raises(FileRefused) as refused:
        read_upload(pack_files([("外.zip", packed({"里.zip": packed({"甲.csv": b"1"})}))]), "", is_bundle=True)
    assert refused.value.code == "nested"


def test_wps_tables_that_read_cleanly_are_taken_and_others_get_a_sentence():
    assert read(book(), "名册.et")[0].rows == [["姓名"], ["甲"]]
    for data in (OLE + "Workbook\0".encode("utf-16-le"), b"whatever"):
        refused = refusal(data, "名册.et")
        assert refused.code == "wps"
        assert "另存为" in refused.sentence
    assert refusal(b"x", "说明.wps").code == "wrong_kind"
