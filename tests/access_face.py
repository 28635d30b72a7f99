"""The public face of volunteering and the pages of volunteers and leaders in the access matrix: what each page asks for
as (right, model whose key stands in the address, right to send)."""

NOBODY, PUBLIC = "nobody", "public"
FACE_PAGES = {
    **{
        f"volunteers:{name}": (PUBLIC,)
        for name in ("shifts", "teams", "time_bank", "forms", "ask", "become")
    },
    **{f"volunteers:{name}": (PUBLIC, "volunteers.shift") for name in ("shift", "join")},
    **{f"volunteers:{name}": (PUBLIC, "volunteers.team") for name in ("team_page", "form")},
    # Nobody of the world leads a team: held in tests/volunteers/test_front.py.
    **{f"volunteers:team_{name}": (NOBODY,) for name in ("members", "plan", "records")},
    # Nobody of the world is or acts for a volunteer: held in tests/volunteers/test_my_service.py.
    **{
        f"portal:me_volunteer{name}": (NOBODY,)
        for name in (
            "", "_hours", "_papers", "_card", "_offer", "_change", "_become", "_join", "_place", "_place_act",
        )
    },
}  # fmt: skip
