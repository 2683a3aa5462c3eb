"""Collects the texts of the sources into the catalogues; `python3 dev.py messages` calls it.

The source language is English, so the English catalogue repeats each text and is always complete. For the
others the number of texts still to translate is printed. Texts are found with Python's own parser and with
Django's reader of template tags, so that no gettext tools are needed, here or in the guard over the catalogues.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "opsloop"
LOCALE = PACKAGE / "locale"
# Folders whose texts no person reads.
SKIPPED = {"tests", "static", "locale", "migrations"}
# Texts of libraries that our pages and mails show. We say them in our own words, because the libraries' own
# catalogues are partly stale and call the reader 您. A new text in a newer version fails the guard until it is
# translated.
BORROWED = {
    "django": (
        "core/validators.py",
        "forms/fields.py",
        "forms/models.py",
        "contrib/auth/password_validation.py",
    ),
    "allauth": (
        "account/adapter.py",
        "account/forms.py",
        "mfa/adapter.py",
        "mfa/totp/forms.py",
        "mfa/webauthn/forms.py",
        "templates/account/*.html",
        "templates/account/messages/*.txt",
        "templates/account/email/*.txt",
        "templates/mfa/**/*.html",
        "templates/mfa/**/*.txt",
        "templates/usersessions/**/*.txt",
    ),
}
# Pages of allauth that are switched off here.
UNUSED = re.compile(r"phone|login_code|signup|passkey|download")
# What each function of gettext takes, in order.
TAKES = {
    "gettext": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
}
VARIANT = re.compile(r"_(lazy|noop)$")
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"(?<!\w)(n?p?gettext|_)\(({LITERAL}(?:,\s*{LITERAL})*)")
PYTHON_FORMAT = re.compile(r"%(?:\(\w+\))?[-+ 0#]*\d*(?:\.\d+)?[sdifrx]")
BRACE_FORMAT = re.compile(r"\{\w*\}")


@dataclass(frozen=True, order=True)
class Text:
    """One text as gettext finds it: by itself and its context; `plural` is its other English form."""

    text: str
    context: str = ""
    plural: str = ""


# --- finding -------------------------------------------------------------------------------------------


def of(function: str, arguments: list[str]) -> Text:
    """Return the text that a call of `function` asks for."""
    return Text(**dict(zip(TAKES[function], arguments, strict=False)))


def names_of_gettext(tree: ast.AST) -> dict[str, str]:
    """Return which function of gettext each imported name of a module stands for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                function = VARIANT.sub("", alias.name)
                if function in TAKES:
                    names[alias.asname or alias.name] = function
    return names


def in_python(source: str, name: str = "") -> Iterator[Text]:
    """Yield the texts of a module; raise ValueError for a text that is not written out in the call."""
    tree = ast.parse(source)
    names = names_of_gettext(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            function = names[node.func.id]
            given = node.args[: len(TAKES[function])]
            parts = [part.value for part in given if isinstance(part, ast.Constant)]
            words = [part for part in parts if isinstance(part, str)]
            if len(words) == len(TAKES[function]):
                yield of(function, words)
            elif not (len(given) == 1 and isinstance(given[0], ast.Name | ast.Attribute)):
                # A name holds a text marked elsewhere; anything else would never be found by gettext.
                raise ValueError(f"{name}:{node.lineno}: write the text out in the call of {node.func.id}().")


def in_template(source: str, name: str = "") -> Iterator[Text]:
    """Yield the texts of a Django template: tags, blocks and constants of filters."""
    from django.utils.translation.template import templatize

    for function, arguments in TEMPLATE_CALL.findall(templatize(source, origin=name)):
        words = [ast.literal_eval(word) for word in re.findall(LITERAL, arguments)]
        yield of("gettext" if function == "_" else function, words)


def sources(package: Path) -> Iterator[Path]:
    """Yield the modules and templates below a package whose texts people read."""
    for path in sorted(package.rglob("*")):
        is_template = path.suffix in {".html", ".txt"} and "templates" in path.parts
        if (path.suffix == ".py" or is_template) and not SKIPPED.intersection(path.parts):
            yield path


def borrowed() -> Iterator[tuple[Path, str]]:
    """Yield the files of libraries whose texts we show, each with its name."""
    for library, patterns in BORROWED.items():
        home = Path(str(import_module(library).__file__)).parent
        for path in sorted({path for pattern in patterns for path in home.glob(pattern)}):
            name = str(path.relative_to(home))
            template = name.partition("templates/")[2]
            # A template of our own takes the place of the library's.
            replaced = template and any(PACKAGE.glob(f"*/templates/{template}"))
            if path.is_file() and not replaced and not UNUSED.search(name):
                yield path, f"{library}/{name}"


def texts(package: Path = PACKAGE) -> dict[Text, list[str]]:
    """Return every text of our package, and of the libraries whose pages we show, with the files that hold it."""
    found: dict[Text, list[str]] = {}
    own = ((path, str(path.relative_to(package))) for path in sources(package))
    for path, name in (*own, *borrowed()):
        finder = in_python if path.suffix == ".py" else in_template
        for text in finder(path.read_text("utf-8"), name):
            found.setdefault(text, []).append(name)
    return merged(found)


def merged(found: dict[Text, list[str]]) -> dict[Text, list[str]]:
    """Return the texts with those that also have a plural elsewhere taken as one, as gettext does."""
    plural = {(text.text, text.context): text for text in found if text.plural}
    one: dict[Text, list[str]] = {}
    for text, names in found.items():
        one.setdefault(plural.get((text.text, text.context), text), []).extend(names)
    return one


# --- the catalogues ------------------------------------------------------------------------------------


def place(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> polib.POFile:
    """Return the catalogue of a language, empty if there is none yet."""
    path = place(language)
    return (
        polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
        if path.is_file()
        else polib.POFile(wrapwidth=0)
    )


def key(entry: polib.POEntry) -> Text:
    """Return the text that an entry translates."""
    return Text(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def flags(text: Text) -> list[str]:
    """Return how the placeholders of a text are written, for the programs of translators."""
    words = f"{text.text} {text.plural}"
    kinds = (("python-format", PYTHON_FORMAT), ("python-brace-format", BRACE_FORMAT))
    return [flag for flag, pattern in kinds if pattern.search(words)]


def entry(text: Text, known: polib.POEntry | None, language: str) -> polib.POEntry:
    """Return the entry of a text with the translation known so far; English repeats the text."""
    new = polib.POEntry(msgid=text.text, msgctxt=text.context or None, flags=flags(text))
    if known is not None:
        new.tcomment = known.tcomment
    if language == "en":
        forms = [text.text, text.plural]
    elif known is None or "fuzzy" in known.flags:
        # A guess is worse than none: the text counts as missing.
        forms = ["", ""]
    else:
        forms = [known.msgstr_plural.get(0, "") if known.msgid_plural else known.msgstr] * 2
    if text.plural:
        new.msgid_plural = text.plural
        # Chinese has one form, also where the texts differ by number in English.
        new.msgstr_plural = {0: forms[0], 1: forms[1]} if language == "en" else {0: forms[0]}
    else:
        new.msgstr = forms[0]
    return new


def head(catalogue: polib.POFile, language: str) -> None:
    """Write the header without names and dates, which would change with every run."""
    catalogue.metadata_is_fuzzy = False
    catalogue.metadata = {
        "Project-Id-Version": "opsloop",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);" if language == "en" else "nplurals=1; plural=0;",
    }


def settle(found: dict[Text, list[str]], language: str) -> polib.POFile:
    """Return the catalogue of a language with exactly the texts found, sorted, and without guesses."""
    old = read(language)
    known = {(one.msgid, one.msgctxt or ""): one for one in old}
    catalogue = polib.POFile(wrapwidth=0)
    head(catalogue, language)
    for text in sorted(found):
        catalogue.append(entry(text, known.get((text.text, text.context)), language))
    return catalogue


def write(catalogue: polib.POFile, language: str) -> None:
    """Write a catalogue and compile it."""
    path = place(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    catalogue.save_as_mofile(str(path.with_suffix(".mo")))


def main(languages: list[str]) -> int:
    """Collect, settle, compile; print what is missing."""
    found = texts()
    for language in languages:
        catalogue = settle(found, language)
        write(catalogue, language)
        print(f"{language}: {len(catalogue.untranslated_entries())} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
