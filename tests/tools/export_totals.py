"""Adds up the exports that tests read, without any of the program's code.

usage: export_totals.py FOLDER [GOLDEN.json]

Prints, for each file, the numbers of each period that the file supports, as JSON. With a second argument it compares
them with that file instead and ends with 1 if they differ. Needs openpyxl and xlrd for the workbooks.
"""

import csv
import datetime
import io
import json
import pathlib
import re
import sys
import zipfile

PERIODS = {"june": ("2026-06-01", "2026-06-30"), "july": ("2026-07-01", "2026-07-31"),
           "august": ("2026-08-01", "2026-08-31"), "september": ("2026-09-01", "2026-09-30"),
           "stops-before": ("2026-07-13", "2026-08-16"), "stops": ("2026-08-17", "2026-09-20"),
           "stops-after": ("2026-09-21", "2026-10-25")}
YEAR = 2026


def number(text):
    text = str(text).replace(",", "")
    return None if text in ("", "undefined") else int(float(text))


def cents(text):
    return round(float(text.replace(",", "")) * 100)


def month_first(text):
    return datetime.datetime.strptime(text.split()[0], "%m/%d/%Y").date().isoformat()


def yearless(text):
    for form in ("%B %d %Y", "%d %B %Y"):
        try:
            return datetime.datetime.strptime(f"{text} {YEAR}", form).date().isoformat()
        except ValueError:
            pass
    raise ValueError(text)


def spelled(text):
    return datetime.datetime.strptime(re.sub(r"^[A-Z][a-z]{2}, ", "", text), "%b %d, %Y").date().isoformat()


def records(text, skip=0):
    lines = list(csv.reader(io.StringIO(text)))[skip:]
    return [dict(zip(lines[0], row)) for row in lines[1:]]


def days_of(period):
    first, last = (datetime.date.fromisoformat(d) for d in PERIODS[period])
    return {(first + datetime.timedelta(days=i)).isoformat() for i in range((last - first).days + 1)}


def by_post(rows, date, columns, posts="posts"):
    totals = {}
    for period, (first, last) in PERIODS.items():
        inside = [r for r in rows if first <= date(r) <= last]
        if not inside:
            continue
        sums = {posts: len(inside)}
        for name, column in columns.items():
            found = [n for n in (number(r[column]) for r in inside) if n is not None]
            if found:
                sums[name] = sum(found)
        totals[period] = sums
    return totals


def by_day(rows, date, columns):
    totals = {}
    for period in PERIODS:
        for name, names in columns.items():
            values = {date(r): [number(r[c]) for c in names] for r in rows}
            values = {d: v for d, v in values.items() if None not in v}
            wanted = days_of(period)
            if wanted <= set(values):
                totals.setdefault(period, {})[name] = sum(sum(values[d]) for d in wanted)
    return totals


def facebook(folder):
    rows = records((folder / "facebook-content.csv").read_text("utf-8-sig"))
    return by_post(rows, lambda r: month_first(r["Publish time"]), {
        "impressions": "Views", "reactions": "Reactions", "comments": "Comments", "shares": "Shares", "link_clicks": "Link Clicks"})


def instagram(folder):
    rows = {r["Post id"]: r for r in records((folder / "instagram-content.csv").read_text("utf-8"))}
    return by_post(rows.values(), lambda r: month_first(r["PUBLISH TIME"]), {
        "impressions": "Views", "reactions": "Likes", "comments": "Comments", "shares": "Shares", "saves": "Saves"})


def overview(folder):
    text = (folder / "meta-overview.csv").read_bytes().decode("utf-16")
    blocks = [b for b in re.split(r"\r?\n\r?\n", text.split("\n", 1)[1])]
    totals = {}
    for block in blocks:
        title, rest = block.strip().split("\n", 1)
        if "visits" in title:
            for period, found in by_day(records(rest), lambda r: r["Date"][:10], {"profile_visits": ["Primary"]}).items():
                totals.setdefault(period, {})["profile_visits " + title.strip('"\r').split()[0].lower()] = found["profile_visits"]
    return totals


def tiktok_overview(folder):
    rows = records((folder / "tiktok-Overview.csv").read_text("utf-8"))
    return by_day(rows, lambda r: yearless(r["Date"]), {
        "impressions": ["Video Views"], "video_views": ["Video Views"], "profile_visits": ["Profile Views"],
        "reactions": ["Likes"], "comments": ["Comments"], "shares": ["Shares"]})


def tiktok_followers(folder):
    rows = {yearless(r["Date"]): r for r in records((folder / "tiktok-FollowerHistory.csv").read_text("utf-8"))}
    totals = {}
    for period, (first, last) in PERIODS.items():
        before = (datetime.date.fromisoformat(first) - datetime.timedelta(days=1)).isoformat()
        if before in rows:
            totals.setdefault(period, {})["followers_start"] = int(rows[before]["Followers"])
        elif first in rows:
            change = int(rows[first]["Difference in followers from previous day"])
            totals.setdefault(period, {})["followers_start"] = int(rows[first]["Followers"]) - change
        if last in rows:
            totals.setdefault(period, {})["followers_end"] = int(rows[last]["Followers"])
    return totals


def tiktok_content(folder):
    rows = records((folder / "tiktok-Content.csv").read_text("utf-8"))
    return by_post(rows, lambda r: yearless(r["Post time"]), {
        "impressions": "Total views", "video_views": "Total views", "reactions": "Total likes",
        "comments": "Total comments", "shares": "Total shares"})


def youtube(folder):
    with zipfile.ZipFile(folder / "youtube.zip") as bundle:
        rows = records(bundle.read("Table data.csv").decode())
        dates = sorted(r["Date"] for r in records(bundle.read("Totals.csv").decode()))
    period = next(p for p, span in PERIODS.items() if span == (dates[0], dates[-1]))
    total = next(r for r in rows if r["Content"] == "Total")
    columns = {"video_views": "Views", "impressions": "Impressions", "reach": "Unique viewers", "reactions": "Likes",
               "comments": "Comments added", "shares": "Shares", "followers_gained": "Subscribers gained",
               "followers_lost": "Subscribers lost"}
    sums = {name: int(total[column]) for name, column in columns.items()}
    published = [spelled(r["Video publish time"]) for r in rows if r["Video publish time"]]
    sums["posts"] = sum(dates[0] <= day <= dates[-1] for day in published)
    return {period: sums}


def x_overview(folder):
    rows = records((folder / "x-overview.csv").read_text("utf-8"))
    return by_day(rows, lambda r: spelled(r["Date"]), {
        "posts": ["Create Post"], "impressions": ["Impressions"], "reactions": ["Likes"], "comments": ["Replies"],
        "shares": ["Reposts", "Shares"], "saves": ["Bookmarks"], "profile_visits": ["Profile visits"],
        "followers_gained": ["New follows"], "followers_lost": ["Unfollows"], "video_views": ["Video views"]})


def x_content(folder):
    rows = records((folder / "x-content.csv").read_text("utf-8"))
    for row in rows:
        row["both"] = int(row["Reposts"]) + int(row["Shares"])
    return by_post(rows, lambda r: spelled(r["Date"]), {
        "impressions": "Impressions", "reactions": "Likes", "comments": "Replies", "shares": "both",
        "saves": "Bookmarks", "link_clicks": "URL Clicks"})


def analytics(folder):
    lines = (folder / "ga4-traffic.csv").read_text("utf-8").split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("Session default"))
    end = lines.index("", start)
    rows = [r for r in records("\n".join(lines[start:end])) if r["Session default channel group"]]
    return {"july": {"sessions": sum(int(r["Sessions"]) for r in rows),
                     "engaged_sessions": sum(int(r["Engaged sessions"]) for r in rows),
                     "conversions": sum(int(r["Key events"]) for r in rows),
                     "revenue_cents": sum(cents(r["Total revenue"]) for r in rows)}}


def ads(folder):
    sums = {}
    rows = records((folder / "meta-ads.csv").read_text("utf-8"))
    for row in rows:
        for name, column, read in (("spend_cents", "Amount spent (AUD)", cents), ("impressions", "Impressions", number),
                                   ("link_clicks", "Link clicks", number)):
            key = f"{name} {row['Platform']}"
            sums[key] = sums.get(key, 0) + read(row[column])
    sums["reach instagram"] = number(rows[2]["Reach"])
    return {"august": sums}


def linkedin_content(folder):
    import xlrd
    sheet = xlrd.open_workbook(folder / "linkedin-content.xls").sheet_by_name("Metrics")
    header = sheet.row_values(1)
    rows = [dict(zip(header, sheet.row_values(i))) for i in range(2, sheet.nrows)]
    totals = by_day(rows, lambda r: month_first(r["Date"]), {
        "impressions": ["Impressions (total)"], "link_clicks": ["Clicks (total)"], "reactions": ["Reactions (total)"],
        "comments": ["Comments (total)"], "shares": ["Reposts (total)"]})
    sheet = xlrd.open_workbook(folder / "linkedin-content.xls").sheet_by_name("All posts")
    header = sheet.row_values(1)
    posts = [dict(zip(header, sheet.row_values(i))) for i in range(2, sheet.nrows)]
    # Both sheets cover the same days, so a period that the first does not cover has no sum of posts either.
    found = by_post(posts, lambda r: month_first(r["Created date"]), {"video_views": "Views"})
    for period in totals:
        totals[period].update(found.get(period, {}))
    return totals


def linkedin_followers(folder):
    import openpyxl
    rows = list(openpyxl.load_workbook(folder / "linkedin-followers.xlsx")["New followers"].values)
    rows = [dict(zip(rows[0], row)) for row in rows[1:]]
    return by_day(rows, lambda r: month_first(r["Date"]), {"followers_gained": ["Total followers"]})


def linkedin_visitors(folder):
    import openpyxl
    rows = list(openpyxl.load_workbook(folder / "linkedin-visitors.xlsx")["Visitor metrics"].values)
    rows = [dict(zip(rows[0], row)) for row in rows[1:]]
    return by_day(rows, lambda r: month_first(r["Date"]), {"profile_visits": ["Total page views (total)"]})


def analytics_tabs(folder):
    lines = (folder / "ga4-traffic.tsv").read_text("utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Session default"))
    names = lines[start].split("\t")
    rows = [dict(zip(names, line.split("\t"))) for line in lines[start + 1:lines.index("", start)]]
    rows = [r for r in rows if r["Session default channel group"]]
    return {"july": {"sessions": sum(int(r["Sessions"]) for r in rows),
                     "engaged_sessions": sum(int(r["Engaged sessions"]) for r in rows),
                     "conversions": sum(int(r["Key events"]) for r in rows),
                     "revenue_cents": sum(cents(r["Total revenue"]) for r in rows)}}


READERS = {"facebook-content.csv": facebook, "instagram-content.csv": instagram, "meta-overview.csv": overview,
           "tiktok-Overview.csv": tiktok_overview, "tiktok-FollowerHistory.csv": tiktok_followers,
           "tiktok-Content.csv": tiktok_content, "youtube.zip": youtube, "x-overview.csv": x_overview,
           "x-content.csv": x_content, "ga4-traffic.csv": analytics, "meta-ads.csv": ads,
           "linkedin-content.xls": linkedin_content, "linkedin-followers.xlsx": linkedin_followers,
           "linkedin-visitors.xlsx": linkedin_visitors, "ga4-traffic.tsv": analytics_tabs}


def main():
    folder = pathlib.Path(sys.argv[1])
    totals = {name: read(folder) for name, read in READERS.items()}
    if len(sys.argv) < 3:
        print(json.dumps(totals, indent=2, sort_keys=True))
        return 0
    golden = json.loads(pathlib.Path(sys.argv[2]).read_text("utf-8"))
    for name in sorted(totals.keys() | golden.keys()):
        if totals.get(name) != golden.get(name):
            print(f"{name}: computed {totals.get(name)}, but the golden file says {golden.get(name)}")
    return int(totals != golden)


sys.exit(main())
