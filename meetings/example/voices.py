"""What the invented residents say. Order is the order of writing."""

from typing import NamedTuple


class Reply(NamedTuple):
    thread: int  # index of the comment it answers
    text: str
    official: str = ""  # key of the official who answers; else a resident


INSULT = "Ten, kto tam parkuje, to zwykły cham i wszyscy wiemy, gdzie mieszka."  # a moderator hides it
DARK_SQUARE = "Wracam z przystanku przez skwer i tam od dawna nie świecą dwie lampy."
STAIRS = "Najgorzej jest na schodach między blokami. Zimą ślisko, a wieczorem nic nie widać."
LIT_SQUARE = "U nas jest spokojnie, odkąd skwer jest oświetlony. Warto zrobić tak samo przy szkole."
# A question that the police pass on.
FOR_TOWN_HALL = "Po 21:00 autobus staje w ciemnej zatoczce. Można przesunąć przystanek bliżej latarni?"
# Its author puts it differently, twice.
CORRECTED = "Chodnik przy garażach jest zastawiony samochodami, więc idzie się jezdnią."
BUSHES = "Krzewy przy alejce zasłaniają widok. Wystarczy je przyciąć."
TAKEN_BACK = "Na rondzie piesi czekają długo, bo auta nie zwalniają."  # its author takes it away
KIOSK = "W zeszłym tygodniu przy kiosku stał patrol i od razu było inaczej."
REPORTED = "Psy bez smyczy na skwerze to też kwestia bezpieczeństwa dzieci."  # somebody reports it
# A question that will be raised at a meeting.
FOR_MEETING = "Rowerzyści jadą po chodniku, bo ulica jest dla nich za szybka. Może pas dla rowerów?"
ONE_MAP = "Może ktoś z rady osiedla zbierze te miejsca na jednej mapie?"
LAMP_REPAIRED = "Dziękuję za naprawę lampy przy placu zabaw, działa od wczoraj."
LINE = "Namalujcie linię, będzie wiadomo, kto gdzie."
ABOUT_REFLECTORS = "Przydałyby się odblaski dla pierwszoklasistów. Kto może pomóc?"  # the same
WAY_HOME = [
    DARK_SQUARE,
    STAIRS,
    "Moje dzieci idą z treningu około 20:00. Przydałby się wtedy patrol przy boisku.",
    "Przejście pod torami: mokro, ciemno i nikt tam nie zagląda.",
    LIT_SQUARE,
    "Kierowcy skracają sobie drogę przez parking. Trzeba uważać bardziej niż na ulicy.",
    FOR_TOWN_HALL,
    CORRECTED,
    "Czy dzielnicowy mógłby przejść się z nami wieczorem tą trasą? Chętnie pokażę miejsca.",
    INSULT,
    BUSHES,
    "Przy placu zabaw brakuje jednej lampy, a druga mruga.",
    TAKEN_BACK,
    "Wieczorem omijam park i nadkładam drogi. Wolałabym nie musieć.",
    KIOSK,
    "Droga z przedszkola nie ma chodnika na odcinku stu metrów.",
    "Biegam rano i widzę, że lampy gasną za wcześnie, jeszcze przed świtem.",
    "Przejście przy aptece jest słabo widoczne. Pasy prawie się starły.",
    "Na osiedlu południowym brakuje ławek, starsze osoby nie mają gdzie odpocząć po drodze.",
    REPORTED,
    "Dobrze działa kamera przy wejściu do szkoły. Druga przydałaby się od strony boiska.",
    "Zamykana na noc brama przy sklepie wydłuża drogę o kilometr.",
    "Chodzimy grupą, sąsiadka z sąsiadką. Polecam innym.",
    FOR_MEETING,
    "Po deszczu przejście przy garażach zamienia się w kałużę i wszyscy wchodzą na jezdnię.",
    "Pod wiatą śmietnikową zbiera się młodzież. Nikomu nie szkodzi, ale jest głośno.",
    "Kto odpowiada za lampy na terenie spółdzielni: miasto czy spółdzielnia?",
    "Znak ograniczenia prędkości przy szkole zasłania drzewo.",
    "Brakuje poręczy przy zejściu do przystanku.",
    "Proszę o patrol w piątki po 22:00, wtedy jest najwięcej krzyków.",
    "Widziałam patrol pieszy dwa razy w tym miesiącu. Oby tak dalej.",
    "Na moście nie ma gdzie się minąć z wózkiem.",
    "Zapytałem dzieci w klasie: najbardziej boją się przejścia pod wiaduktem.",
    "Latarnia przy bloku 7 świeci w okna, a nie na chodnik.",
    "Przy stacji benzynowej samochody wyjeżdżają bez zatrzymania.",
    "Oznaczcie, proszę, skrót do szkoły. Nowi mieszkańcy go nie znają.",
    "Ścieżka nad rzeką jest piękna, ale po zmroku całkiem pusta.",
    ONE_MAP,
    "Sygnalizacja przy targu daje pieszym za mało czasu.",
    "W weekendy pod sklepem parkują na przejściu.",
    LAMP_REPAIRED,
    "Kładka jest zamknięta od wiosny i wszyscy przechodzą przez tory.",
    ABOUT_REFLECTORS,
    "Na parkingu za biblioteką nie ma ani jednej latarni.",
    "Ulica jest nierówna i rowery zjeżdżają na chodnik.",
    "Wieczorne treningi kończą się o tej samej godzinie. Jeden patrol wystarczyłby dla wszystkich.",
    "Zgłosiłam ciemne przejście w urzędzie i po miesiącu jest nowa lampa. Warto pisać.",
    "Czy można liczyć na spacer po osiedlu z dzielnicowym także w sobotę?",
    "Popieram prośbę o patrol przy boisku.",
]
WAY_HOME_REPLIES = [
    Reply(0, "Dziękujemy. Lampy na skwerze zgłosiliśmy do naprawy, ekipa ma przyjechać w tym tygodniu.", "maj"),
    Reply(0, "Jedna już świeci."),
    Reply(0, "Potwierdzam, druga jeszcze nie."),
    Reply(0, "Druga czeka na część. Damy znać tutaj.", "maj"),
    Reply(0, "Dziękuję za szybką odpowiedź."),
    Reply(2, "Patrol będzie przy boisku we wtorki i czwartki, kiedy są treningi.", "wolska"),
    Reply(2, "Super, przekażę innym rodzicom."),
    Reply(8, "Tak, zapraszam. Termin podamy na najbliższym spotkaniu.", "wolska"),
    Reply(9, "Można to samo powiedzieć spokojniej."),
    Reply(26, "Lampy między blokami należą do spółdzielni. Proszę pisać do nas, wymieniamy je na bieżąco.", "sowa"),
    Reply(47, "W sobotę też się da, jeśli zbierze się kilka osób.", "wolska"),
]
WAY_HOME_PINNED = (
    "Dziękujemy za wszystkie wskazane miejsca. Układamy z nich trasę wieczornych patroli i listę lamp do naprawy. "
    "Jedno i drugie pokażemy na najbliższym spotkaniu."
)
WITH_LINK = "Zdjęcia tego miejsca są na www.przyklad.invalid, proszę zobaczyć."
FROM_NEWCOMER = "Mieszkam tu od niedawna. Czy przy nowym bloku też planujecie oświetlenie?"

ABOUT_CALLS = "Kto przyjedzie, gdy po 22:00 nadal jest głośno?"  # waits for its end at a meeting still to be closed
NOISE = [
    "Mecze do późna słychać w całym bloku. Da się umówić na 22:00?",
    "Gramy tam od lat i nikomu nie chcemy przeszkadzać. Umówmy się.",
    "Wystarczyłaby tablica z godzinami.",
    ABOUT_CALLS,
]
NOISE_REPLIES = [
    Reply(0, "Tablica z godzinami stanie przy wejściu. Straż miejska będzie tam zaglądać w weekendy.", "maj")
]
SHARED_PATH = [
    "Na ścieżce przy rzece trudno minąć się z rowerem.",
    "Jako rowerzysta wolałbym jechać ulicą, ale tam jest niebezpiecznie.",
    "Dzwonek i uśmiech zwykle wystarczą.",
    "Czy przy zakręcie ścieżki stanie lustro?",
    LINE,
]
ABOUT_LOCKS = "Kiedy spółdzielnia wymieni zamki w drzwiach wejściowych?"  # a promise comes of it
ABOUT_PATROL = "Czy patrol może wieczorem zaglądać na parking przy bloku 4?"  # answered at the meeting
ABOUT_STANDS = "Czy przy wejściach staną zadaszone stojaki na rowery?"  # the next meeting has it on its agenda
BICYCLES = [
    "Z naszej klatki zginęły dwa rowery. Drzwi się nie domykają.",
    "U nas pomogły stojaki pod kamerą.",
    "Czy można oznakować rower na komendzie?",
    ABOUT_LOCKS,
    ABOUT_PATROL,
    ABOUT_STANDS,
]
BICYCLES_REPLIES = [
    Reply(0, "Zamek wymieniliśmy, domofon naprawimy w tym miesiącu.", "sowa"),
    Reply(2, "Tak. Proszę zabrać rower i dowód tożsamości, oznakowanie jest bezpłatne.", "wolska"),
]

# What the cast does besides talking (meetings.example.acts).
PROPOSALS = {LIT_SQUARE, BUSHES, ONE_MAP, LINE}
THANKS = {KIOSK, LAMP_REPAIRED}
SUPPORTED = [(DARK_SQUARE, 7), (STAIRS, 4), (FOR_TOWN_HALL, 9), (CORRECTED, 2), (BUSHES, 5), (FOR_MEETING, 3)]
CORRECTIONS = [
    "Chodnik przy garażach jest w weekendy zastawiony samochodami, więc idzie się jezdnią.",
    "Chodnik przy garażach jest w weekendy zastawiony samochodami, więc idzie się jezdnią. Najgorzej jest w niedzielę.",
]
REPORT = "To sprawa psów, nie drogi do domu."
APPEAL = "Samochody stoją tam codziennie i o tym jest mój komentarz."
VERDICT = "O samochodach można napisać od nowa, bez wyzwisk. Komentarz obraża konkretną osobę."
WHY_TOWN_HALL = "O miejscu przystanku decyduje urząd miasta."
WHY_MEETING = "Pas dla rowerów dotyczy kilku ulic, więc porozmawiamy o nim na spotkaniu."

# What meetings come to (meetings.example.chain).
FROM_LAST_TIME = "Pytania z poprzedniego spotkania"
BICYCLES_NOTE = "<p>Mieszkańcy pokazali zdjęcia drzwi, które się nie domykają. Spółdzielnia zna te adresy.</p>"
PATROL_ANSWER = "Tak. Patrol jest na tym parkingu w piątki i soboty między 21:00 a 23:00."
PROMISE_LOCKS = "Wymienić zamki w drzwiach wejściowych do bloków 2, 4 i 7"
PROMISE_WALK = "Przejść z mieszkańcami trasę od przystanku do osiedla i spisać ciemne miejsca"
PROMISE_SIGNS = "Odnowić pasy na przejściu przy szkole"
PROMISE_CAMERA = "Ustawić dodatkową kamerę przy wiacie rowerowej"
RAISED_DOORS = "W trzech blokach drzwi wejściowe nie domykają się od jesieni."
RAISED_SIGNS = "Znak przy szkole zasłaniają gałęzie."
CONCLUDED = "Wniosek o oświetlenie alejki między szkołą a przystankiem."
LOCKS_BOUGHT = "Zamki są kupione. Zaczynamy od bloku 4."
LOCKS_CHANGED = "Nowe zamki są we wszystkich trzech blokach. Klucze odbierzesz w administracji."
WALK_BEGUN = "Za nami pierwszy spacer. Na liście jest już siedem miejsc."
NO_CAMERA = "Wiata stoi na terenie prywatnym i nie mamy zgody właściciela. Częściej wysyłamy tam patrol."
