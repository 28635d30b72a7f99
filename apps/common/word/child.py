"""`python -m apps.common.word.child`: fills a Word template in a sandbox and under limits, answers in lines of JSON.

Standard input: one line of JSON (contexts, known, cpu_seconds, memory), then the bytes of the template. Standard
output: `{"document": base64}` for each context in order and `{"done": true}`, or `{"refused": sentence}`. The template
is a stranger's: attributes beginning with an underscore, calls and imports are refused by the sandbox, values are
escaped, an unknown placeholder is named. A value `{"image": base64, "width_mm": n}` of a context becomes a picture.
"""

import base64
import io
import json
import re
import resource
import sys
from pathlib import Path

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import SandboxedEnvironment

IMAGE = "image"
QUOTED = re.compile(r"'([^']+)'")


class Refused(Exception):
    """A sentence about the template."""


class PaperSandbox(SandboxedEnvironment):
    """Values only: nothing in a template may be called."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()

    def is_safe_callable(self, obj) -> bool:
        return False


def main() -> None:
    header = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    _restrict(header["memory"], header["cpu_seconds"])
    try:
        _check_names(data, set(header["known"]))
        for context in header["contexts"]:
            _say(document=base64.b64encode(_render(data, context)).decode())
        _say(done=True)
    except Refused as refused:
        _say(refused=str(refused))
    except MemoryError:
        _say(refused="模板太大，填写时超出了内存限制。请删去大图片或过多的循环。")


def _say(**answer) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


def _restrict(memory: int, cpu_seconds: int) -> None:
    """From here on: bounded memory and time, no files written, no core dump."""
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for what, most in (
        (resource.RLIMIT_AS, in_use + memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _check_names(data: bytes, known: set[str]) -> None:
    """Placeholders that nobody fills, named, before anything is rendered."""
    template = _opened(data)
    found = _guarded(lambda: template.get_undeclared_template_variables(PaperSandbox()))
    unknown = sorted(found - known)
    if unknown:
        raise Refused(f"模板里有不认识的占位符：{'、'.join(unknown[:8])}。请对照下面的清单改正后再上传。")


def _render(data: bytes, context: dict) -> bytes:
    template = _opened(data)
    values = {name: _value(template, value) for name, value in context.items()}
    stream = io.BytesIO()

    def fill() -> None:
        template.render(values, PaperSandbox())
        template.save(stream)

    _guarded(fill)
    return stream.getvalue()


def _opened(data: bytes) -> DocxTemplate:
    template = DocxTemplate(io.BytesIO(data))
    try:
        template.init_docx()
    except (
        ValueError,
        KeyError,
        SyntaxError,
        AttributeError,
    ) as error:  # what python-docx and lxml raise for others' files
        raise Refused("这个文档打不开，可能已经损坏。请在 Word 里另存一份再上传。") from error
    return template


def _value(template: DocxTemplate, value):
    if isinstance(value, dict) and IMAGE in value:
        return InlineImage(template, io.BytesIO(base64.b64decode(value[IMAGE])), width=Mm(value["width_mm"]))
    return value


def _guarded(act):
    """What Jinja says about a bad template, in a sentence that names the place."""
    try:
        return act()
    except TemplateSyntaxError as error:
        raise Refused(f"模板里的占位符写错了：{error.message}。请检查 {{{{ }}}} 和 {{% %}} 是否成对。") from error
    except UndefinedError as error:
        name = (QUOTED.findall(str(error)) or [str(error)])[-1]
        raise Refused(f"模板里的占位符“{name}”不存在。请对照下面的清单改正后再上传。") from error
    except SecurityError as error:
        raise Refused("模板里有不允许的写法（调用函数或内部属性）。只能用清单里的占位符。") from error
    except (TemplateError, TypeError, ValueError, RecursionError) as error:
        raise Refused(f"模板填不出来：{error}。请检查占位符的写法。") from error


if __name__ == "__main__":
    main()
