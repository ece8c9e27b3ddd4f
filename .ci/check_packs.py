"""Holds packs against programs that are not ours. usage: check_packs.py RESULTS PACK.zip...

Appends one line "ok NAME" or "FAIL NAME" to RESULTS for each check of each pack, and prints why a check failed.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import zipfile
from html.parser import HTMLParser

import icalendar
import jsonschema
import openpyxl

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERAPDF = ROOT / ".ci" / "verapdf.sh"
SCHEMA = ROOT / "schemas" / "checklist.schema.json"


def run(*command):
    """Runs a program; returns its exit code and everything it printed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace")
    return done.returncode, (done.stdout + done.stderr).strip()


def plain(text):
    """Returns text with one kind of blank, no soft hyphens and no ligatures, so that only the words are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u00ad", "").split())


class Pack:
    """A pack, unzipped into a folder of its own. The methods named `check_...` return a list of problems each."""

    def __init__(self, archive, folder):
        self.archive = pathlib.Path(archive)
        with zipfile.ZipFile(archive) as pack:
            self.names = pack.namelist()
            pack.extractall(folder)
        self.bag = next(path for path in pathlib.Path(folder).iterdir() if path.is_dir())
        self.data = self.bag / "data"
        self.documents = sorted((self.data / "documents").glob("*.pdf"))
        self.submission = self.data / "submission.pdf"
        self.checklist = self.json("checklist.json")
        self.profile = self.json("profile.json")
        self._pages = {}

    def json(self, name):
        return json.loads((self.data / name).read_text(encoding="utf-8"))

    def pages(self, pdf):
        """Returns the text of each page of a PDF."""
        if pdf not in self._pages:
            code, text = run("pdftotext", "-enc", "UTF-8", pdf, "-")
            if code != 0:
                raise RuntimeError(f"{pdf.name}: {text}")
            self._pages[pdf] = text.split("\f") if not text.endswith("\f") else text.split("\f")[:-1]
            count = int(run("qpdf", "--show-npages", pdf)[1])
            # A blank page at the end may be lost with the white space around the text.
            self._pages[pdf] += [""] * (count - len(self._pages[pdf]))
        return self._pages[pdf]

    def check_archive(self):
        """One top folder, sorted entries, short ASCII names that stay inside it."""
        problems = []
        if len({name.split("/")[0] for name in self.names}) != 1:
            problems.append("more than one top folder")
        if self.names != sorted(self.names) or len(self.names) != len(set(self.names)):
            problems.append("entries are not sorted, or not unique")
        for name in self.names:
            if not name.isascii() or name.startswith("/") or ".." in name.split("/") or "\\" in name:
                problems.append(f"unsafe name: {name!r}")
        return problems

    def check_bag(self):
        """The bag is valid for the reference implementation of BagIt."""
        code, text = run(sys.executable, "-m", "bagit", "--validate", self.bag)
        return [] if code == 0 else [text]

    def check_structure(self):
        """qpdf finds neither errors nor warnings in any PDF."""
        problems = []
        for pdf in [*self.documents, self.submission]:
            code, text = run("qpdf", "--check", pdf)
            if code != 0:
                problems.append(f"{pdf.name}: {text}")
        return problems

    def check_documents_conform(self):
        """Each document conforms to PDF/UA-1 and PDF/A-2a."""
        return self._conforms("ua1,2a", self.documents)

    def check_submission_conforms(self):
        """The submission conforms to PDF/UA-1 and PDF/A-3a: it carries attachments."""
        return self._conforms("ua1,3a", [self.submission])

    @staticmethod
    def _conforms(flavours, pdfs):
        code, text = run(VERAPDF, flavours, *pdfs)
        passed = len(re.findall(r"^PASS ", text, re.MULTILINE))
        expected = len(pdfs) * len(flavours.split(","))
        if code == 0 and passed == expected:
            return []
        return [line for line in text.splitlines() if not line.startswith("PASS ")] or ["veraPDF gave no answer"]

    def check_no_blank_page(self):
        """Each page holds text beside what repeats at the top and bottom of pages."""
        problems = []
        for pdf in [*self.documents, self.submission]:
            pages = [[line for line in map(plain, page.splitlines()) if line] for page in self.pages(pdf)]
            mask = lambda line: re.sub(r"\d+", "0", line)
            edges = collections.Counter(line for page in pages for line in {mask(line) for line in page[:2] + page[-2:]})
            for number, lines in enumerate(pages, 1):
                body = [line for i, line in enumerate(lines)
                        if not ((i < 2 or i >= len(lines) - 2) and edges[mask(line)] > 1)]
                if not "".join(body):
                    problems.append(f"{pdf.name}: page {number} is blank")
        return problems

    def check_headings(self):
        """Each evidence of the checklist names the page on which its heading stands, in both PDFs."""
        problems = []
        found = 0
        for row in self.checklist["rows"]:
            for evidence in row["evidence"]:
                for pdf, page in ((self.data / evidence["file"], evidence["page"]),
                                  (self.submission, evidence["submission_page"])):
                    pages = self.pages(pdf)
                    if not 1 <= page <= len(pages):
                        problems.append(f"{row['id']}: {pdf.name} has no page {page}")
                    elif plain(evidence["section"]) not in plain(pages[page - 1]):
                        problems.append(f"{row['id']}: {evidence['section']!r} does not stand on page {page} of {pdf.name}")
                    found += 1
        return problems if found else ["the checklist names no evidence at all"]

    def check_start_page(self):
        """Each link of index.html leads to a file of the pack, and to a place that exists in it."""
        links, ids = read_html(self.bag / "index.html")
        problems = [] if links else ["index.html has no links"]
        for link in links:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                if url.scheme not in ("https", "http", "mailto"):
                    problems.append(f"{link}: this kind of link does not work from disk")
                continue
            target = self.bag / urllib.parse.unquote(url.path) if url.path else self.bag / "index.html"
            if not target.resolve().is_relative_to(self.bag.resolve()) or not target.is_file():
                problems.append(f"{link}: no such file in the pack")
            elif not url.path and url.fragment and url.fragment not in ids:
                problems.append(f"{link}: no such place on the start page")
            elif target.suffix == ".pdf" and (page := re.fullmatch(r"page=(\d+)", url.fragment)):
                if not 1 <= int(page[1]) <= len(self.pages(target)):
                    problems.append(f"{link}: no such page")
        missing = [pdf.name for pdf in self.documents if not any(pdf.name in link for link in links)]
        return problems + [f"{name}: not linked from the start page" for name in missing]

    def check_calendar(self):
        """calendar.ics holds one event for each entry of the calendar."""
        events = list(icalendar.Calendar.from_ical((self.data / "calendar.ics").read_bytes()).walk("VEVENT"))
        expected = len(self.profile.get("calendar", []))
        problems = [] if len(events) == expected else [f"{len(events)} events for {expected} calendar entries"]
        for event in events:
            if event.errors or "DTSTART" not in event or "SUMMARY" not in event:
                problems.append(f"{event.get('UID')}: incomplete event {event.errors}")
        if len({str(event.get("UID")) for event in events}) != len(events):
            problems.append("two events share one UID")
        return problems

    def check_workbook(self):
        """checklist.xlsx opens and names each row of the checklist."""
        book = openpyxl.load_workbook(self.data / "checklist.xlsx")
        cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
        return [f"{row['id']}: not in the workbook" for row in self.checklist["rows"] if row["id"] not in cells]

    def check_checklist(self):
        """checklist.json fits its schema, names each requirement once and counts honestly."""
        validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
        problems = [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(self.checklist)]
        ids = [row["id"] for row in self.checklist["rows"]]
        problems += [f"{name}: {count} rows" for name, count in collections.Counter(ids).items() if count > 1]
        problems += [f"{row['id']}: met without evidence" for row in self.checklist["rows"]
                     if row["status"] == "met" and not row["evidence"]
                     and not any(other.get("parent") == row["id"] for other in self.checklist["rows"])]
        return problems


class Links(HTMLParser):
    """Collects what a page links to, and the places in it that can be linked to."""

    def __init__(self):
        super().__init__()
        self.links = []
        self.ids = set()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id":
                self.ids.add(value)


def read_html(path):
    reader = Links()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.links, reader.ids


def report(log, title, problems):
    """Prints the result of one check and writes it down."""
    line = ("FAIL " if problems else "ok ") + title
    print(line)
    for problem in problems[:20]:
        print("    " + problem)
    if len(problems) > 20:
        print(f"    and {len(problems) - 20} more")
    log.write(line + "\n")


def main(results, archives):
    checks = [name for name in vars(Pack) if name.startswith("check_")]
    with open(results, "a", encoding="utf-8") as log:
        for archive in archives:
            name = pathlib.Path(archive).stem
            with tempfile.TemporaryDirectory() as folder:
                try:
                    pack = Pack(archive, folder)
                except Exception as error:
                    report(log, f"{name}: opens", [f"{type(error).__name__}: {error}"])
                    continue
                for check in checks:
                    try:
                        problems = getattr(pack, check)()
                    except Exception as error:  # A check that cannot be made has failed.
                        problems = [f"{type(error).__name__}: {error}"]
                    report(log, f"{name}: {check.removeprefix('check_').replace('_', ' ')}", problems)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
