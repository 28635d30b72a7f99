"""System checks of the database that stands under the portal."""

from django.core.checks import Error, Tags, register
from django.db import DatabaseError, connections


@register(Tags.database)
def trigrams_know_chinese(app_configs, databases, **kwargs):
    """In a database of locale C, show_trgm('王建国') is empty and name search silently finds nothing."""
    problems = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            try:
                cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
                if not cursor.fetchone()[0]:
                    continue
                cursor.execute("SELECT cardinality(show_trgm('王建国'))")
            except DatabaseError as error:
                problems.append(Error(f"数据库检查没有完成：{error}", id="cadre.E001"))
                continue
            if not cursor.fetchone()[0]:
                problems.append(
                    Error(
                        "这个数据库的字符规则不认识汉字，按姓名查找会落空。",
                        id="cadre.E002",
                        hint="请用 C.UTF-8 建库：TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'。",
                    )
                )
    return problems
