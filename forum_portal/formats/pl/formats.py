"""Polish dates as the pages write them: month in the genitive, "r." after the year (sjp.pwn.pl, rule 16535)."""

DATE_FORMAT = "j E Y\xa0\\r."
WEEKDAY_DATE_FORMAT = "l, j E Y\xa0\\r."
YEAR_MONTH_FORMAT = "F Y\xa0\\r."
MONTH_DAY_FORMAT = "j E"
TIME_FORMAT = "G:i"
DATETIME_FORMAT = "j E Y\xa0\\r., \\g\\o\\d\\z.\xa0G:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
