"""Ukrainian dates: month in the genitive, "р." after the year."""

DATE_FORMAT = "j E Y\xa0р."
WEEKDAY_DATE_FORMAT = "l, j E Y\xa0р."
YEAR_MONTH_FORMAT = "F Y\xa0р."
MONTH_DAY_FORMAT = "j E"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j E Y\xa0р., H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d"]
TIME_INPUT_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
