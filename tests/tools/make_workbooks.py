"""Makes the workbooks among the exports that tests read: an .xls and an .xlsx as LinkedIn exports them.

usage: make_workbooks.py FOLDER   (needs xlwt and openpyxl; the results are kept in the repository)
"""

import datetime
import pathlib
import sys

import openpyxl
import xlwt

NOTE = "Metrics are shown for the time that you chose; numbers may differ from those on the page."
DAYS = [datetime.date(2026, 7, 1) + datetime.timedelta(days=i) for i in range(31)]
METRICS = ["Date", "Impressions (organic)", "Impressions (sponsored)", "Impressions (total)", "Unique impressions (organic)",
           "Clicks (organic)", "Clicks (sponsored)", "Clicks (total)", "Reactions (total)", "Comments (total)",
           "Reposts (total)", "Engagement rate (total)"]
POSTS = ["Post title", "Post link", "Post type", "Campaign name", "Posted by", "Created date", "Campaign start date",
         "Campaign end date", "Audience", "Impressions", "Views", "Offsite Views", "Clicks",
         "Click through rate (CTR)", "Likes", "Comments", "Reposts", "Follows", "Engagement rate", "Content Type"]
LINK = "https://www.linkedin.com/feed/update/urn:li:activity:720000000000000000"


def metrics():
    for i, day in enumerate(DAYS):
        yield [day.strftime("%m/%d/%Y"), 50 + i, i % 4, 50 + i + i % 4, 30 + i, i % 5, 0, i % 5, i % 6, i % 3, i % 2, 0.0512]


def posts():
    common = ["", "", "", "All followers"]
    yield ["New reading room", LINK + "1", "Organic", "", "Dev", "07/02/2026", *common[1:], 310, 0, 0, 12, 0.0387, 18, 3, 2, 1, 0.1129, "Article"]
    yield ["+1 for libraries", LINK + "2", "Organic", "", "Dev", "07/23/2026", *common[1:], 205, 44, 0, 7, 0.0341, 11, 0, 1, 0, 0.0927, "Video"]


def followers():
    for i, day in enumerate(DAYS):
        yield [day.strftime("%m/%d/%Y"), 0, i % 3, 0, i % 3]


def main(folder):
    book = xlwt.Workbook()
    for name, header, rows in (("Metrics", METRICS, metrics()), ("All posts", POSTS, posts())):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, NOTE)
        for r, row in enumerate([header, *rows], start=1):
            for c, value in enumerate(row):
                sheet.write(r, c, value)
    book.save(str(folder / "linkedin-content.xls"))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "New followers"
    sheet.append(["Date", "Sponsored followers", "Organic followers", "Auto-invited followers", "Total followers"])
    for row in followers():
        sheet.append(row)
    people = book.create_sheet("Location")
    people.append(["Location", "Total followers"])
    people.append(["Greater Bendigo Area", 812])
    book.save(folder / "linkedin-followers.xlsx")


main(pathlib.Path(sys.argv[1]))
