"""Dates: what is read, what is refused, and what no reading may do."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date, timedelta

import edtf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrordb.errors import BadValue
from terrordb.values.dates import HistoricalDate, short

# text | EDTF | first | last; two dots are an open end
READ = """
15.10.1937 | 1937-10-15 | 19371015 | 19371015
3.11.1937 | 1937-11-03 | 19371103 | 19371103
3. 11. 1937 | 1937-11-03 | 19371103 | 19371103
10.10.1932. | 1932-10-10 | 19321010 | 19321010
24.06.1931 . | 1931-06-24 | 19310624 | 19310624
07.06.1947г. | 1947-06-07 | 19470607 | 19470607
5.XI.1937 | 1937-11-05 | 19371105 | 19371105
5.ХI.1937 г. | 1937-11-05 | 19371105 | 19371105
03/04/1937 | 1937-04-03 | 19370403 | 19370403
3-11-1937 | 1937-11-03 | 19371103 | 19371103
15-Oct-1937 | 1937-10-15 | 19371015 | 19371015
1937-10-15 | 1937-10-15 | 19371015 | 19371015
1916-9-1 | 1916-09-01 | 19160901 | 19160901
1937.10.15 | 1937-10-15 | 19371015 | 19371015
29.02.1936 | 1936-02-29 | 19360229 | 19360229
15 October 1937 | 1937-10-15 | 19371015 | 19371015
15 Oct 1937 | 1937-10-15 | 19371015 | 19371015
October 15, 1937 | 1937-10-15 | 19371015 | 19371015
August 2, 1938 | 1938-08-02 | 19380802 | 19380802
June 3rd, 1937 | 1937-06-03 | 19370603 | 19370603
the 3rd of June, 1937 | 1937-06-03 | 19370603 | 19370603
on 1 December 1934 | 1934-12-01 | 19341201 | 19341201
15 октября 1937 г. | 1937-10-15 | 19371015 | 19371015
15\u00a0октября 1937\u00a0г. | 1937-10-15 | 19371015 | 19371015
14 декабря1937 г. | 1937-12-14 | 19371214 | 19371214
14 февраля 1938г. | 1938-02-14 | 19380214 | 19380214
в 27 ноября 1937 г. | 1937-11-27 | 19371127 | 19371127
5-го мая 1938 года | 1938-05-05 | 19380505 | 19380505
13 янв. 2005 | 2005-01-13 | 20050113 | 20050113
Авг 26, 1937 | 1937-08-26 | 19370826 | 19370826

August 1936 | 1936-08 | 19360801 | 19360831
Aug. 1936 | 1936-08 | 19360801 | 19360831
October, 1937 | 1937-10 | 19371001 | 19371031
October of 1937 | 1937-10 | 19371001 | 19371031
10.1937 | 1937-10 | 19371001 | 19371031
10/1937 | 1937-10 | 19371001 | 19371031
1937-10 | 1937-10 | 19371001 | 19371031
1937-09 | 1937-09 | 19370901 | 19370930
1937–10 | 1937-10 | 19371001 | 19371031
август 1936 | 1936-08 | 19360801 | 19360831
августа 1937 г. | 1937-08 | 19370801 | 19370831
в марте 1956 г. | 1956-03 | 19560301 | 19560331
в феврале 1940 | 1940-02 | 19400201 | 19400229
July 1905 | 1905-07/1905-07 | 19050701 | 19050731
7.1905 | 1905-07/1905-07 | 19050701 | 19050731
1937 | 1937 | 19370101 | 19371231
in 1937 | 1937 | 19370101 | 19371231
1937 год | 1937 | 19370101 | 19371231
в 1930 г. | 1930 | 19300101 | 19301231
в 1937-м | 1937 | 19370101 | 19371231
в 1945. | 1945 | 19450101 | 19451231
в течение 1937 года | 1937 | 19370101 | 19371231

summer 1938 | 1938-22 | 19380601 | 19380831
the summer of 1938 | 1938-22 | 19380601 | 19380831
spring 1939 | 1939-21 | 19390301 | 19390531
fall 1937 | 1937-23 | 19370901 | 19371130
лето 1938 г. | 1938-22 | 19380601 | 19380831
осенью 1937 года | 1937-23 | 19370901 | 19371130
winter 1937-38 | 1937-12/1938-02 | 19371201 | 19380228
winter of 1937–1938 | 1937-12/1938-02 | 19371201 | 19380228
зимой 1937/38 гг. | 1937-12/1938-02 | 19371201 | 19380228
winter 1939-40 | 1939-12/1940-02 | 19391201 | 19400229
winter 1937 | 1936-12/1938-02 | 19361201 | 19380228
зима 1937 г. | 1936-12/1938-02 | 19361201 | 19380228
late summer of 1938 | 1938-22 | 19380601 | 19380831
spring 1917 | 1917-03/1917-05 | 19170301 | 19170531
spring-summer 1938 | 1938-21/1938-22 | 19380301 | 19380831

early 1937 | 1937-01/1937-04 | 19370101 | 19370430
mid-1937 | 1937-05/1937-08 | 19370501 | 19370831
late 1938 | 1938-09/1938-12 | 19380901 | 19381231
end of 1938 | 1938-09/1938-12 | 19380901 | 19381231
в начале 1937 г. | 1937-01/1937-04 | 19370101 | 19370430
середина 1937 года | 1937-05/1937-08 | 19370501 | 19370831
конец 1938 г. | 1938-09/1938-12 | 19380901 | 19381231
early April 1938 | 1938-04-01/1938-04-10 | 19380401 | 19380410
mid-April 1938 | 1938-04-11/1938-04-20 | 19380411 | 19380420
late February 1938 | 1938-02-21/1938-02-28 | 19380221 | 19380228
в конце октября 1937 г. | 1937-10-21/1937-10-31 | 19371021 | 19371031
first half of 1937 | 1937-01/1937-06 | 19370101 | 19370630
вторая половина апреля 1938 г. | 1938-04-16/1938-04-30 | 19380416 | 19380430
the late 1930s | 1936/1939 | 19360101 | 19391231
the mid 1980s | 1983/1986 | 19830101 | 19861231
начало 1930-х годов | 1930/1933 | 19300101 | 19331231
end of 19th century | 1867/1900 | 18670101 | 19001231
early 20th century | 1901/1934 | 19010101 | 19341231
mid- to late 1937 | 1937-05/1937-12 | 19370501 | 19371231
late 1937 – early 1938 | 1937-09/1938-04 | 19370901 | 19380430

1930s | 193X | 19300101 | 19391231
the 1930s | 193X | 19300101 | 19391231
1930's | 193X | 19300101 | 19391231
1930-е | 193X | 19300101 | 19391231
в 1930-х годах | 193X | 19300101 | 19391231
1900-е гг. | 190X | 19000101 | 19091231
1900s | 19XX | 19000101 | 19991231
early 1900s | 1900/1933 | 19000101 | 19331231
late 1900s | 19XX | 19000101 | 19991231
1920s-30s | 192X/193X | 19200101 | 19391231
1920–1930-е годы | 1920/193X | 19200101 | 19391231
19th century | 1801/1900 | 18010101 | 19001231
XIX век | 1801/1900 | 18010101 | 19001231
ХХ в. | 1901/2000 | 19010101 | 20001231
19-й век | 1801/1900 | 18010101 | 19001231

c. 1890 | 1890~ | 18900101 | 18901231
ca 1890 | 1890~ | 18900101 | 18901231
c1890 | 1890~ | 18900101 | 18901231
circa 1890 | 1890~ | 18900101 | 18901231
about 1890 | 1890~ | 18900101 | 18901231
about the 1930s | 193X~ | 19300101 | 19391231
ок. 1890 | 1890~ | 18900101 | 18901231
около 1890 г. | 1890~ | 18900101 | 18901231
примерно в 1890 году | 1890~ | 18900101 | 18901231
1890? | 1890? | 18900101 | 18901231
1937 (?) | 1937? | 19370101 | 19371231
c. 1890? | 1890% | 18900101 | 18901231
probably August 1937 | 1937-08? | 19370801 | 19370831
вероятно, август 1937 г. | 1937-08? | 19370801 | 19370831
c. 1890-1900 | 1890~/1900~ | 18900101 | 19001231
c. 1937-38 | 1937~/1938~ | 19370101 | 19381231
1937-38? | 1937?/1938? | 19370101 | 19381231
early 1937? | 1937-01?/1937-04? | 19370101 | 19370430

1937-1940 | 1937/1940 | 19370101 | 19401231
1937–1940 | 1937/1940 | 19370101 | 19401231
1937 — 1940 гг. | 1937/1940 | 19370101 | 19401231
1937-1938 г.г. | 1937/1938 | 19370101 | 19381231
1937-38 | 1937/1938 | 19370101 | 19381231
1947-48 | 1947/1948 | 19470101 | 19481231
1937/38 | 1937/1938 | 19370101 | 19381231
1937-9 | 1937/1939 | 19370101 | 19391231
1917-21 | 1917/1921 | 19170101 | 19211231
1905–07 | 1905/1907 | 19050101 | 19071231
1905/07 | 1905/1907 | 19050101 | 19071231
August 1937 – November 1938 | 1937-08/1938-11 | 19370801 | 19381130
August 1937 through October 1938 | 1937-08/1938-10 | 19370801 | 19381031
October 1936–February 1937 | 1936-10/1937-02 | 19361001 | 19370228
November 1938–1939 | 1938-11/1939 | 19381101 | 19391231
between 1937 and 1939 | 1937/1939 | 19370101 | 19391231
между 1937 и 1939 гг. | 1937/1939 | 19370101 | 19391231
between March and May 1938 | 1938-03/1938-05 | 19380301 | 19380531
from 5 August 1937 to 15 November 1938 | 1937-08-05/1938-11-15 | 19370805 | 19381115
с 5 августа 1937 г. по 15 ноября 1938 г. | 1937-08-05/1938-11-15 | 19370805 | 19381115
c 1937 по 1938 г. | 1937/1938 | 19370101 | 19381231
March-April 1938 | 1938-03/1938-04 | 19380301 | 19380430
в марте-апреле 1938 г. | 1938-03/1938-04 | 19380301 | 19380430
10-12.1937 | 1937-10/1937-12 | 19371001 | 19371231
5 to 10 May 1938 | 1938-05-05/1938-05-10 | 19380505 | 19380510
5–10 мая 1938 г. | 1938-05-05/1938-05-10 | 19380505 | 19380510
с 5 по 10 мая 1938 г. | 1938-05-05/1938-05-10 | 19380505 | 19380510
5-10.05.1938 | 1938-05-05/1938-05-10 | 19380505 | 19380510
05.10-10.11.1938 | 1938-10-05/1938-11-10 | 19381005 | 19381110
June 5-10, 1938 | 1938-06-05/1938-06-10 | 19380605 | 19380610
June 5 - July 10, 1938 | 1938-06-05/1938-07-10 | 19380605 | 19380710
30 September - 3 October 1937 | 1937-09-30/1937-10-03 | 19370930 | 19371003
15/16 October 1937 | 1937-10-15/1937-10-16 | 19371015 | 19371016
night of 21-22 June 1941 | 1941-06-21/1941-06-22 | 19410621 | 19410622
night of 21 June 1941 | 1941-06-21/1941-06-22 | 19410621 | 19410622
the night of 30 June to 1 July 1941 | 1941-06-30/1941-07-01 | 19410630 | 19410701
в ночь на 22 июня 1941 г. | 1941-06-21/1941-06-22 | 19410621 | 19410622
в ночь с 21 на 22 июня 1941 г. | 1941-06-21/1941-06-22 | 19410621 | 19410622

before 1938 | ../1937-12-31 | .. | 19371231
before March 1938 | ../1938-02-28 | .. | 19380228
before the 1930s | ../1929-12-31 | .. | 19291231
before mid-1937 | ../1937-08 | .. | 19370831
before c. 1938 | ../1938~ | .. | 19381231
ранее 1938 г. | ../1937-12-31 | .. | 19371231
after 1 December 1934 | 1934-12-02/.. | 19341202 | ..
after 1937 | 1938-01-01/.. | 19380101 | ..
after August 1937 | 1937-09-01/.. | 19370901 | ..
после 1937 г. | 1938-01-01/.. | 19380101 | ..
after mid-1937 | 1937-05/.. | 19370501 | ..
до 1937 г. | ../1937 | .. | 19371231
до 15 октября 1937 г. | ../1937-10-15 | .. | 19371015
до конца 1937 г. | ../1937-12 | .. | 19371231
until 1938 | ../1938 | .. | 19381231
by 1938 | ../1938 | .. | 19381231
by the summer of 1938 | ../1938-22 | .. | 19380831
к началу 1938 года | ../1938-04 | .. | 19380430
no later than February 1940 | ../1940-02 | .. | 19400229
не позднее 5 июля 1937 г. | ../1937-07-05 | .. | 19370705
не позже августа 1937 | ../1937-08 | .. | 19370831
не ранее 1938 | 1938/.. | 19380101 | ..
not before 1938 | 1938/.. | 19380101 | ..
не ранее 5 июля 1937 г. - не позднее 10 июля 1937 г. | 1937-07-05/1937-07-10 | 19370705 | 19370710
since 1938 | 1938/.. | 19380101 | ..
from 1938 | 1938/.. | 19380101 | ..
с июля 1937 г. | 1937-07/.. | 19370701 | ..
c 1938 г. | 1938/.. | 19380101 | ..
1938- | 1938/.. | 19380101 | ..
1938–present | 1938/.. | 19380101 | ..

1 (13) March 1881 | 1881-03-13 | 18810313 | 18810313
1 [13] March 1881 | 1881-03-13 | 18810313 | 18810313
March 1 (13), 1881 | 1881-03-13 | 18810313 | 18810313
1 (13) марта 1881 г. | 1881-03-13 | 18810313 | 18810313
1 (12) March 1781 | 1781-03-12 | 17810312 | 17810312
21 October (2 November) 1879 O.S. | 1879-11-02 | 18791102 | 18791102
25 октября (7 ноября) 1917 года | 1917-11-07 | 19171107 | 19171107
25.10.1917 (07.11.1917) | 1917-11-07 | 19171107 | 19171107
7 November [O.S. 25 October] 1917 | 1917-11-07 | 19171107 | 19171107
20 December 1899 (1 January 1900) | 1900-01-01 | 19000101 | 19000101
28 February (12 March) 1900 | 1900-03-12 | 19000312 | 19000312
29 February (13 March) 1900 | 1900-03-13 | 19000313 | 19000313
1 (14) March 1900 | 1900-03-14 | 19000314 | 19000314
21 October 1879 O.S. | 1879-11-02 | 18791102 | 18791102
7 November 1917 N.S. | 1917-11-07 | 19171107 | 19171107

193X | 193X | 19300101 | 19391231
19XX | 19XX | 19000101 | 19991231
1937-21 | 1937-21 | 19370301 | 19370531
1937-24 | 1936-12/1938-02 | 19361201 | 19380228
1937-10~ | 1937-10~ | 19371001 | 19371031
1937-10% | 1937-10% | 19371001 | 19371031
1937?-10 | 1937?-10 | 19371001 | 19371031
1937-10-XX | 1937-10-XX | 19371001 | 19371031
../1937-10-15 | ../1937-10-15 | .. | 19371015
1937-10/1938-02 | 1937-10/1938-02 | 19371001 | 19380228
1937-10/1938-24 | 1937-10/1939-02 | 19371001 | 19390228
1905-07/1905-09 | 1905-07/1905-09 | 19050701 | 19050930
1937~/1938? | 1937~/1938? | 19370101 | 19381231
1938/ | 1938/.. | 19380101 | ..
/1938 | ../1938 | .. | 19381231
{1937,1938} | {1937,1938} | 19370101 | 19381231
[1937, 1938] | [1937,1938] | 19370101 | 19381231
[..1938] | [..1938] | .. | 19381231
[1937-10-15,1937-11-03] | [1937-10-15,1937-11-03] | 19371015 | 19371103
"""
ROWS = [tuple(cell.strip("\n ") for cell in line.split(" | ")) for line in READ.splitlines() if line]
TEXTS = [row[0] for row in ROWS]

# text -> a word or two of the reason
REFUSED = {
    "31.11.1937": "November 1937 has 30 days",
    "31.02.1937": "February 1937 has 28 days",
    "29.02.1937": "28 days",
    "32.10.1937": "31 days",
    "31 ноября 1937 г.": "30 days",
    "1937-02-30": "28 days",
    "0.10.1937": "31 days",
    "03/25/1937": "month 25",
    "15.13.1937": "month 13",
    "15.10.37": "four digits",
    "31.12.37.": "four digits",
    "37": "four digits",
    "4 мая 38 г.": "four digits",
    "13 сентября 20": "four digits",
    "9,9,99": "four digits",
    "30-е годы": "four digits",
    "Tuesday": "four digits",
    "January 12": "four digits",
    "": "missing",
    " ": "missing",
    "unknown": "missing",
    "неизвестно": "missing",
    "н/д": "missing",
    "n.d.": "missing",
    "?": "missing",
    "-": "missing",
    "00447": "not a date",
    "1937 or 1938": "two dates",
    "1937 или 1938": "two dates",
    "1935s": "not a date",
    "1937-13": "neither a month",
    "1937-00": "neither a month",
    "1937-30": "neither a month",
    "1937-6": "not a date",
    "1905-07": "July 1905 or the years 1905 to 1907",
    "1911-12": "December 1911",
    "c. 1905-07": "July 1905",
    "1938-1937": "backwards",
    "1938/1937": "backwards",
    "10-5 May 1938": "backwards",
    "October-May 1938": "backwards",
    "../..": "both ends",
    "0999": "outside",
    "2101": "outside",
    "before 1000": "outside",
    "10th century": "outside",
    "-1938": "not a date",
    "winter 1937-39": "not a date",
    "spring 1937-38": "not a date",
    "15 October 1937-38": "not a",
    "night of 15-20 June 1941": "not a date",
    "1 (14) March 1881": "same day",
    "1 (13) March 1900": "same day",
    "1 (14) February 1900": "same day",
    "13 (1) March 1881": "same day",
    "30 February (13 March) 1881": "same day",
    "October 1917 O.S.": "not a date",
    "30 February 1881 O.S.": "Old Style calendar",
    "1937-1X": "part of EDTF",
    "{1937-38,1940}": "part of EDTF",
    "1937-10-15/XXXX": "not a date",
    "March and May 1938": "not a date",
    "28 октября 1937 в 07:54": "not a date",
    "1937, printed 1970": "not a date",
    "early c. 1937": "not a date",
    "1937 " * 40: "not a date",
    "١٩٣٧": "four digits",
}

DAYS = st.dates(date(1000, 1, 1), date(2100, 12, 31))
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
RUSSIAN = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
FORMS: list[Callable[[date], str]] = [
    lambda d: d.isoformat(),
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d.day:02}.{d.month:02}.{d.year}г.",
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d.day} {ENGLISH[d.month - 1]} {d.year}",
    lambda d: f"{ENGLISH[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{d.day} {ENGLISH[d.month - 1][:3]}. {d.year}",
    lambda d: f"{d.day} {RUSSIAN[d.month - 1]} {d.year} г.",
    lambda d: f"\u00a0в {d.day:02}\u00a0{RUSSIAN[d.month - 1].upper()} {d.year} года ",
]


def number(day: date) -> int:
    """Write a day as the columns hold it."""
    return int(day.strftime("%Y%m%d"))


@pytest.mark.parametrize(("text", "written", "first", "last"), ROWS, ids=TEXTS)
def test_reads(text: str, written: str, first: str, last: str) -> None:
    """Each wording gives the EDTF and the bounds of the table, and keeps its words."""
    found = HistoricalDate.parse(text)
    bounds = [None if end == ".." else int(end) for end in (first, last)]
    assert (found.edtf, found.first, found.last, str(found)) == (written, *bounds, text)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refuses(text: str, reason: str) -> None:
    """What is no date, or no certain one, is refused with a reason that names it."""
    with pytest.raises(BadValue) as caught:
        HistoricalDate.parse(text)
    assert reason in caught.value.reason
    assert text.strip()[:20] in caught.value.reason


@pytest.mark.parametrize("text", TEXTS)
def test_own_edtf_reads_back(text: str) -> None:
    """The EDTF of every reading is itself read, to the same bounds and the same EDTF."""
    found = HistoricalDate.parse(text)
    again = HistoricalDate.parse(found.edtf)
    assert (again.first, again.last, again.edtf) == (found.first, found.last, found.edtf)


@pytest.mark.parametrize("text", TEXTS)
def test_own_edtf_is_edtf(text: str) -> None:
    """Every EDTF written is valid and has the same strict bounds in the edtf library."""
    found = HistoricalDate.parse(text)
    if found.edtf[4:] in {"-21~", "-22~", "-23~"}:
        return
    parsed = edtf.parse_edtf(found.edtf)
    ends = [
        None if isinstance(end, float) else end[0] * 10000 + end[1] * 100 + end[2]
        for end in (parsed.lower_strict(), parsed.upper_strict())
    ]
    assert ends == [found.first, found.last]


@given(DAYS, st.sampled_from(FORMS))
def test_a_day_in_any_form_is_that_day(day: date, form: Callable[[date], str]) -> None:
    """One day is one day however it is written, and is given back by its bounds alone."""
    found = HistoricalDate.parse(form(day))
    assert (found.earliest, found.latest, found.edtf) == (day, day, day.isoformat())
    assert short(found.first, found.last) == day.isoformat()


@given(DAYS)
def test_a_month_in_any_form_is_that_month(day: date) -> None:
    """A month runs from its first to its last day, and its own EDTF says so again."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    for text in (f"{ENGLISH[day.month - 1]} {day.year}", f"{day.month:02}.{day.year}"):
        found = HistoricalDate.parse(text)
        assert (found.earliest, found.latest) == (first, last)
        again = HistoricalDate.parse(found.edtf)
        assert (again.first, again.last) == (found.first, found.last)
        assert short(found.first, found.last) == f"{day.year}-{day.month:02}"


@given(st.integers(1000, 2100))
def test_a_year_is_that_year(year: int) -> None:
    """A year runs from 1 January to 31 December, and is given back by its bounds alone."""
    found = HistoricalDate.parse(f"в {year} г.")
    assert (found.earliest, found.latest) == (date(year, 1, 1), date(year, 12, 31))
    assert short(found.first, found.last) == str(year)


@given(DAYS, DAYS, st.sampled_from(FORMS), st.sampled_from(["{} - {}", "{}–{}", "from {} to {}", "с {} по {}"]))
def test_a_range_is_read_or_runs_backwards(one: date, other: date, form: Callable[[date], str], shape: str) -> None:
    """Two days in order are a range with both ends included; out of order they are refused."""
    text = shape.format(form(one).strip(), form(other).strip())
    if one <= other:
        found = HistoricalDate.parse(text)
        assert (found.earliest, found.latest) == (one, other)
    else:
        with pytest.raises(BadValue, match="backwards"):
            HistoricalDate.parse(text)


@given(st.dates(date(1001, 1, 1), date(2099, 12, 31)))
def test_before_and_after_leave_the_day_out(day: date) -> None:
    """A "before" ends the day before, "after" begins the day after, and each is open on its far side."""
    before, after = HistoricalDate.parse(f"before {day}"), HistoricalDate.parse(f"after {day}")
    assert (before.earliest, before.latest) == (None, day - timedelta(days=1))
    assert (after.earliest, after.latest) == (day + timedelta(days=1), None)


@given(st.dates(date(1583, 1, 1), date(2099, 12, 31)))
def test_old_and_new_style_differ_by_the_right_days(new: date) -> None:
    """Old Style lags 10 to 13 days by the century, and only that difference is accepted."""
    turns = [(date(1700, 3, 12), 10), (date(1800, 3, 13), 11), (date(1900, 3, 14), 12)]
    lag = next((days for turn, days in turns if new < turn), 13)
    old = new - timedelta(days=lag)
    if new in {date(1700, 3, 11), date(1800, 3, 12), date(1900, 3, 13)}:
        return  # 29 February of the Old Style, which our calendar has not
    assert HistoricalDate.parse(f"{old} ({new})").earliest == new
    assert HistoricalDate.parse(f"{old.day}.{old.month}.{old.year} O.S.").earliest == new
    with pytest.raises(BadValue):
        HistoricalDate.parse(f"{old - timedelta(days=1)} ({new})")


WORDS = (
    "1937 1938 37 9 12 5 May мая лето winter early конец 1930s 1930-е century XIX c. ок. ? ~ - – / .. ( ) [ ] { } "
    ", . before до с по from to between and не ранее night of на ночь O.S. г. X 193X 1937-10 1905-07 the в или"
)
EDTF = r"[\[{]?[?~%]?19[0-9X]{2}[?~%]?(-[012X?~]{2}|[,/]19[0-9X]{2}|\.\.){0,4}[\]}]?"
PIECES = st.lists(st.sampled_from(WORDS.split()), max_size=9)


@given(
    st.one_of(
        st.text(max_size=40),
        PIECES.map(" ".join),
        PIECES.map("".join),
        st.from_regex(EDTF, fullmatch=True),
        st.text("0123456789X-/.?~%[]{},", max_size=16),
    )
)
def test_any_text_is_read_in_order_or_refused(text: str) -> None:
    """Whatever is written, the answer is a date whose ends are in order, or BadValue; nothing is printed."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            found = HistoricalDate.parse(text)
    except BadValue:
        return
    finally:
        assert not printed.getvalue()
    assert found.first is not None or found.last is not None
    assert found.first is None or found.last is None or found.first <= found.last
    again = HistoricalDate.parse(found.edtf)
    assert (again.first, again.last) == (found.first, found.last)


@pytest.mark.parametrize("text", ["c " * 30 + "?" * 30, "by " * 38, "1-" * 60, "c. 1937 " + "? ~ " * 25, "(" * 120])
def test_hostile_text_is_refused_quickly(text: str) -> None:
    """Repeated marks and separators are refused without trying every combination of them."""
    with pytest.raises(BadValue):
        HistoricalDate.parse(text)


def test_bounds_come_back_as_dates() -> None:
    """The ends are given as dates, an open end as None."""
    found = HistoricalDate.parse("after 1 December 1934")
    assert (found.earliest, found.latest) == (date(1934, 12, 2), None)


@pytest.mark.parametrize(
    ("text", "certain"),
    [("1937", True), ("1937-38", True), ("c. 1937", False), ("1937?", False), ("c. 1937?", False), ("1930s", True)],
)
def test_certain(text: str, certain: bool) -> None:
    """Only the source's own "about" and question mark make a date uncertain; a wide one may be certain."""
    assert HistoricalDate.parse(text).certain is certain


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (19370101, 19371231, "1937"),
        (19371001, 19371031, "1937-10"),
        (19371015, 19371015, "1937-10-15"),
        (19380201, 19380228, "1938-02"),
        (19400201, 19400228, None),
        (19400201, 19400229, "1940-02"),
        (19370101, 19381231, None),
        (None, 19371231, None),
        (19370101, None, None),
        (None, None, None),
        (19371001, 19371130, None),
        (19370102, 19371231, None),
    ],
)
def test_short(first: int | None, last: int | None, written: str | None) -> None:
    """Only whole years, whole months and single days have a plain EDTF."""
    assert short(first, last) == written


def test_stored_gives_back_what_was_left_out() -> None:
    """Columns left empty are those the bounds give back; what is stored is kept unchanged."""
    assert HistoricalDate.stored(None, None, 19371001, 19371031) == HistoricalDate.parse("1937-10")
    assert HistoricalDate.stored("10.1937", None, 19371001, 19371031) == HistoricalDate.parse("10.1937")
    assert HistoricalDate.stored("c. 1890", "1890~", 18900101, 18901231) == HistoricalDate.parse("c. 1890")
    assert HistoricalDate.stored(None, "193X", 19300101, 19391231) == HistoricalDate.parse("193X")
    assert HistoricalDate.stored(None, None, None, 19371231).edtf == "../1937-12-31"


def test_importing_and_reading_plain_dates_leaves_the_library_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years, months, days, ranges and our own EDTF never reach the edtf library, which takes milliseconds a string."""

    def refuse(_: str) -> None:
        raise AssertionError

    monkeypatch.setattr("edtf.parse_edtf", refuse)
    for text in TEXTS:
        if not any(mark in text for mark in "[{") and text not in {"1937?-10", "1937-10-XX"}:
            HistoricalDate.parse(f" {text} ")
