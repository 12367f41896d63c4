"""The numbers and times that the rules go by, each with one place and one name; an operator changes them by
`PARVIS_RULES`, and `limits.py` checks them at start-up (docs/operations.md).
"""

import datetime

PARVIS_INVITATION_VALIDITY = datetime.timedelta(days=15)
PARVIS_INVITATION_TRIES = 5
PARVIS_RESET_VALIDITY = datetime.timedelta(hours=1)
PARVIS_EMAIL_CONFIRMATION_VALIDITY = datetime.timedelta(days=3)
PARVIS_DRAFT_RETENTION = datetime.timedelta(days=30)
PARVIS_NAME_RETENTION_YEARS = 5
PARVIS_VISIT_PRECISION = datetime.timedelta(minutes=5)
PARVIS_NOTICE_RETENTION = datetime.timedelta(days=365)
PARVIS_OVERVIEW_PAGE = 6  # establishments on a page of « Vue d’ensemble »
PARVIS_DIGEST_HOUR = 7  # of Paris: when the daily digest leaves
PARVIS_UNSUBSCRIBE_VALIDITY = datetime.timedelta(days=365)

# Signing in: what is asked, how often, and how long each step waits.
PARVIS_PASSWORD_MINIMUM = 12
PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR = 14
PARVIS_PASSWORD_MAXIMUM = 256
PARVIS_PASSWORD_SCORE = 3  # of zxcvbn, from 0 to 4
PARVIS_ARGON2_MEMORY = 65_536  # KiB
PARVIS_ARGON2_PASSES = 2
PARVIS_HASHING_QUEUE = 120  # sign-ins that wait in a process while one is hashed; the next one is asked to come back
PARVIS_HASHING_RETRY = datetime.timedelta(seconds=5)
PARVIS_BROWSER_TRUST = datetime.timedelta(days=7)
PARVIS_BROWSER_MEMORY = datetime.timedelta(days=400)
PARVIS_FRESH_FACTOR = datetime.timedelta(minutes=15)
PARVIS_HALFWAY_VALIDITY = datetime.timedelta(minutes=15)
PARVIS_IDLE_LIMIT = datetime.timedelta(minutes=30)
PARVIS_IDLE_WARNING = datetime.timedelta(minutes=2)
PARVIS_IDLE_PRECISION = datetime.timedelta(minutes=1)
PARVIS_SESSION_LIMIT = datetime.timedelta(hours=12)

# Codes by text message or voice, and recovery codes.
PARVIS_CODE_DIGITS = 6
PARVIS_CODE_VALIDITY = datetime.timedelta(minutes=10)
PARVIS_CODE_TRIES = 5
PARVIS_CODE_RESEND_DELAY = datetime.timedelta(seconds=60)
PARVIS_CODE_RESEND_LIMIT = 5
PARVIS_CODE_RESEND_WINDOW = datetime.timedelta(hours=1)
PARVIS_TELEPHONE_DAILY_CAP = 2_000  # cents per establishment and day
PARVIS_TELEPHONE_COST = {"sms": 6, "voice": 15}  # cents
PARVIS_TELEPHONE_EXPENSE_RETENTION = datetime.timedelta(days=60)
PARVIS_TELEPHONE_RETRIES = (2, 5, 10, 20, 40)  # seconds between tries, where the carrier's file says nothing else
PARVIS_TELEPHONE_FOLLOW_FIRST = datetime.timedelta(seconds=5)  # then twice as long each time
PARVIS_TELEPHONE_FOLLOW = datetime.timedelta(hours=1)
PARVIS_TOTP_STEPS = 1  # how many steps of 30 s a clock may be off, either way
PARVIS_PASSKEY_CHALLENGE = datetime.timedelta(minutes=5)
PARVIS_RECOVERY_CODES = 10
PARVIS_FACTOR_RESET_DELAY = datetime.timedelta(hours=24)
PARVIS_CALL_CODE_DIGITS = 6
PARVIS_CALL_CODE_VALIDITY = datetime.timedelta(minutes=10)
PARVIS_CALL_CODE_TRIES = 10  # typed by one adviser within that time

# « Mon compte ».
PARVIS_COORDINATE_CHANGES = 5  # asked for by one person within this time
PARVIS_COORDINATE_CHANGES_WINDOW = datetime.timedelta(hours=1)
PARVIS_COORDINATE_RETENTION = datetime.timedelta(days=30)  # how long a former address or number is still known

# Repeated failures: after so many, password sign-in from unknown browsers is refused for each of these, then for good.
PARVIS_FAILURES = 5
PARVIS_LOCKS = (datetime.timedelta(minutes=15), datetime.timedelta(hours=1))
PARVIS_RATE_WINDOW = datetime.timedelta(minutes=10)
PARVIS_RATE_SIGN_IN = 100  # wrong answers per network address and window: a town hall shares one address
PARVIS_RATE_FORGOTTEN = 20  # links asked for
PARVIS_ASKED_LIMIT = 5  # messages of a kind that one person gets within an hour, however often they are asked for
PARVIS_COUNTER_RETENTION = datetime.timedelta(days=30)  # failures without a change since; of names that nobody bears

# Signing in through an identity provider (the providers themselves: docs/operations.md).
PARVIS_PROVIDERS_STATE_VALIDITY = datetime.timedelta(minutes=10)  # from our page to the provider and back
PARVIS_PROVIDERS_STATES = 10  # sign-ins begun at once in one browser: tabs
PARVIS_PROVIDERS_LINK_VALIDITY = datetime.timedelta(minutes=15)  # how long an account of nobody waits for its owner
PARVIS_PROVIDERS_TIMEOUT = datetime.timedelta(seconds=4)  # one answer of a provider
PARVIS_PROVIDERS_REST = datetime.timedelta(seconds=15)  # how long one that did not answer is left alone
PARVIS_PROVIDERS_ANSWER_LIMIT = 512_000  # bytes
PARVIS_PROVIDERS_CLOCK_SKEW = datetime.timedelta(seconds=30)
PARVIS_PROVIDERS_METADATA_AGE = datetime.timedelta(hours=1)  # what it says of itself, and its keys
PARVIS_PROVIDERS_KEY_REST = datetime.timedelta(seconds=60)  # between two looks for a key that a stranger's token names
PARVIS_PROVIDERS_LOGOUT_AGE = datetime.timedelta(minutes=5)  # of a logout token

# The life of an account.
PARVIS_EXPIRY_MONTHS = 18
PARVIS_RENEWAL_LIMIT = 2_000  # accounts renewed in one action
PARVIS_EXPIRY_SOON = datetime.timedelta(days=60)  # « Expire bientôt » in the list of accounts
PARVIS_EXPIRY_MONTHLY_WARNING_DAY = 20
PARVIS_EXPIRY_WARNING_DAYS = (7, 1)
PARVIS_RENEWAL_WARNING_DAYS = (60, 45, 30, 21, 14, 7, 3, 1)  # of the last administrator
PARVIS_EXPIRY_WARNINGS_KEPT = datetime.timedelta(days=400)  # the trace that a warning left
PARVIS_ABSENCE_LIMIT = datetime.timedelta(days=366)  # the longest period for which a colleague receives rights
PARVIS_HANDOVER_HORIZON = datetime.timedelta(days=366)  # how far ahead a hand-over is planned
PARVIS_DEPUTY_DAYS = 60  # without a visit of the only administrator, before the deputy administers
PARVIS_DEPUTY_WARNING_DAYS = (30, 45, 55)
PARVIS_TERMS_GRACE = datetime.timedelta(days=30)
PARVIS_TERMS_REMINDER = datetime.timedelta(days=7)
# Rights that people ask for, and services that open.
PARVIS_REQUEST_RECALL = datetime.timedelta(days=7)  # without an answer: recalled to who administers, once
PARVIS_REQUEST_VALIDITY = datetime.timedelta(days=90)  # without an answer: the request lapses
PARVIS_REQUEST_ANSWER_SHOWN = datetime.timedelta(days=30)  # how long the answer stays on the home page, unread
PARVIS_REQUEST_KEPT = datetime.timedelta(days=730)  # once it is closed; the history keeps its events
PARVIS_REQUESTS_DAILY = 10  # requests of one account within 24 hours
PARVIS_OPENING_WINDOW = datetime.timedelta(days=90)  # how long a service counts as new
PARVIS_OPENING_PEOPLE = 300  # accounts shown on the page of a new service

# Letters on paper, with a code.
PARVIS_POSTAL_VALIDITY = datetime.timedelta(days=30)  # from the day on which it is marked as printed
PARVIS_POSTAL_RETENTION = datetime.timedelta(days=400)  # once it was used, or is over
PARVIS_POSTAL_TRIES = 5  # wrong codes, before the letter dies
PARVIS_POSTAL_CODE_LENGTH = 8
PARVIS_POSTAL_BATCH = 50  # letters printed at once

# The advisers' office.
PARVIS_ADVISER_TRACE = datetime.timedelta(hours=1)  # a page opened again within it leaves no second event
PARVIS_ADVISER_LINK_VALIDITY = datetime.timedelta(days=7)  # of the link with which an adviser chooses a password
PARVIS_SEEING_AS = datetime.timedelta(minutes=15)  # « Voir comme »
PARVIS_CALL_KEPT = datetime.timedelta(days=1_095)  # the trace of a call
PARVIS_ACT_TARGET_DAYS = 2  # working days in which a second adviser decides
PARVIS_CONTACT_AHEAD = datetime.timedelta(days=14)  # how far ahead the contacts tell a day that is closed

# Registering an establishment.
PARVIS_REGISTRATION_RETENTION = datetime.timedelta(days=7)  # one that was begun and not sent
PARVIS_REGISTRATION_KEPT = datetime.timedelta(days=365)  # once it is settled
PARVIS_REGISTRATION_DOCUMENTS = datetime.timedelta(days=90)  # files that were sent, once it is settled
PARVIS_REGISTRATION_LETTERS = 3  # letters by post of one registration
PARVIS_REGISTRATION_TARGET_DAYS = 5  # working days in which advisers answer
PARVIS_REGISTRATION_FILES = 5  # of one registration
PARVIS_REGISTRATION_FOLLOW_TRIES = 5  # wrong follow-up codes of one registration in a window
PARVIS_REGISTRATION_RESENT = 3  # e-mails sent again to one registrant within 24 hours
PARVIS_FOLLOW_LINK_VALIDITY = datetime.timedelta(hours=1)  # of the e-mail that replaces a lost follow-up code
PARVIS_FOLLOW_LINKS = 3  # such e-mails asked for with one reference, per window
PARVIS_BELONGING_VALIDITY = datetime.timedelta(minutes=30)  # of the code to an establishment's address
PARVIS_BELONGING_TRIES = 5
PARVIS_PASSED_REQUESTS = 3  # requests passed on to one establishment's administrators within 24 hours
PARVIS_PASSED_REQUEST_KEPT = datetime.timedelta(days=30)
PARVIS_FIRST_STEPS = datetime.timedelta(days=90)  # how long « Premiers pas » is shown
PARVIS_RATE_REGISTRATION = 30  # SIRET looked up, per network address and window
PARVIS_RATE_REGISTRATION_SIRET = 20  # contract numbers typed for one SIRET, per window

# Delegations of rights.
PARVIS_DELEGATION_YEARS = 3  # at most, from the first day
PARVIS_DELEGATION_ANSWER = datetime.timedelta(days=30)  # how long a proposal waits
PARVIS_DELEGATION_OPEN = 500  # proposals of one organisation that wait for an answer
PARVIS_DELEGATION_WARNING_DAYS = (60, 30, 7)  # before the end
PARVIS_DELEGATION_DOCUMENT = 5_000_000  # bytes, of the agreement
PARVIS_DELEGATION_FOUND = 20  # establishments shown of a search in the directory
PARVIS_DELEGATION_REMINDER = datetime.timedelta(days=7)  # between two letters about a proposal that nobody answered
PARVIS_BATCH_LINES = 2_000  # establishments of one file or selection
PARVIS_BATCH_CHUNK = 100  # proposals sent by one request
PARVIS_BATCH_SIZE = 1_000_000  # bytes of a file of SIRET
PARVIS_BATCH_RETENTION = datetime.timedelta(days=30)  # how long a batch that was not sent is kept

# Models of rights, and several establishments.
PARVIS_PRESETS = 50  # models of one establishment's own
PARVIS_PRESET_ACCOUNTS = 2_000  # accounts that a model is given to in one action
PARVIS_PLACES_SEARCH = 8  # establishments from which on « Mes établissements » has a search
PARVIS_PLACES_PAGE = 50  # establishments on one of its pages

# Reviews of rights.
PARVIS_REVIEW_MONTHS = 6  # from one review to the next
PARVIS_REVIEW_MONTHS_SMALL = 12  # below so many accounts:
PARVIS_REVIEW_SMALL = 4
PARVIS_REVIEW_TIME = datetime.timedelta(days=30)  # from its opening to its last day
PARVIS_REVIEW_REMINDER_DAYS = (15, 5, 1)  # before the last day
PARVIS_REVIEW_UNUSED_MONTHS = 6  # a right that nobody used for so long is shown as unused
PARVIS_REVIEW_DAILY = 1_000  # regular reviews opened on one day, over all establishments
PARVIS_REVIEW_LOOK_BACK = datetime.timedelta(days=14)  # how far back who left is looked for, if the daily run failed
PARVIS_REVIEW_RETENTION_YEARS = 10
PARVIS_REVIEW_SUSPENDS = False  # whether unused rights that a review left undecided are suspended

# Échéancier.
PARVIS_OBLIGATION_SOON_DAYS = 15  # an obligation this near is under « À faire » and stands out
PARVIS_OBLIGATION_LATE_DAYS = 60  # one that passed without a tick is recalled for so long
PARVIS_OBLIGATION_REMINDER_CHOICES = (30, 15, 10, 5, 2, 1)  # days before, among which people choose
PARVIS_OBLIGATION_REMINDER_DAYS = (5,)  # without a choice

# How long what is over is kept (docs/rgpd/conservation.md is generated from these and from `ground/retention.py`).
PARVIS_MESSAGE_RETENTION = datetime.timedelta(days=365)  # the trace of a message
PARVIS_LINK_RETENTION = datetime.timedelta(days=365)  # the trace of a link that was sent
PARVIS_TOKEN_RETENTION = datetime.timedelta(days=30)  # until then the page of a dead link can say why it is dead
PARVIS_CODE_RETENTION = datetime.timedelta(days=30)  # codes by SMS and voice
PARVIS_RATE_RETENTION = datetime.timedelta(days=1)  # counters by network address
PARVIS_OVER_RETENTION = datetime.timedelta(days=1_095)  # absences, hand-overs, deputies, resets, correspondents
PARVIS_CLOSED_ACCOUNT_RETENTION = datetime.timedelta(days=1_095)  # an account deactivated or expired: deleted
PARVIS_CLOSED_ADVISER_RETENTION = datetime.timedelta(days=365)  # what a closed adviser signed in with
PARVIS_ACT_RETENTION_YEARS = 5  # what two advisers decided
PARVIS_NEWS_READING_RETENTION = datetime.timedelta(days=730)  # that somebody opened an item of news
PARVIS_PROOF_RETENTION_YEARS = 10  # delegations, who accepted the terms
PARVIS_OBLIGATION_RETENTION_YEARS = 5  # an obligation, with who ticked it
PARVIS_CALENDAR_ADDRESS_RETENTION = datetime.timedelta(days=365)  # a private address of a calendar, once revoked
PARVIS_DECLARATION_RETENTION_YEARS = 10  # a declaration that another one followed
PARVIS_DATA_EXPORT_VALIDITY = datetime.timedelta(days=7)  # how long an export of somebody's data waits
PARVIS_DATA_EXPORT_RETENTION_YEARS = 5  # the trace of an access request
PARVIS_RETENTION_BATCH = 500  # rows erased in one transaction
PARVIS_RETENTION_WAIT = datetime.timedelta(seconds=2)  # for a row that somebody works on

# Files that people send; accounts and rights in a file.
PARVIS_UPLOAD_LIMIT = 20_000_000  # bytes of one file, whatever it is for
# Getting back in, when nobody is left who administers.
PARVIS_RECOVERY_LIMIT = datetime.timedelta(days=7)  # how long a recovered administrator may only read
PARVIS_RECOVERY_CONTESTED = datetime.timedelta(days=60)  # the same, from an objection on, until it is set aside
PARVIS_RECOVERY_TARGET_DAYS = 5  # working days in which advisers answer
PARVIS_RECOVERY_OPEN = 3  # requests of one establishment that are open at once
PARVIS_RECOVERY_PER_SIRET = 5  # requests of one establishment within PARVIS_RECOVERY_WINDOW
PARVIS_RECOVERY_WINDOW = datetime.timedelta(days=30)
PARVIS_RATE_RECOVERY = 20  # forms sent per network address and window
PARVIS_RATE_FOLLOW = 30  # follow-up codes typed, per network address and window, and then of one request:
PARVIS_RECOVERY_FOLLOW_TRIES = 10
PARVIS_RECOVERY_FILES = 5  # proofs of one request
PARVIS_RECOVERY_LETTERS = 3  # letters by post of one request
PARVIS_RECOVERY_ABANDONED = datetime.timedelta(days=45)  # without any step of the requester: the request is closed
PARVIS_RECOVERY_FILES_KEPT = datetime.timedelta(days=60)  # proofs, once the request is settled
PARVIS_RECOVERY_KEPT = datetime.timedelta(days=365)  # the request itself, once it is settled

PARVIS_FILE_SIZE = 5_000_000  # bytes of one file that is kept (a proof)
PARVIS_FILE_PIXELS = 40_000_000  # points of an image, from its head, before it is decoded
PARVIS_FILE_SIDE = 12_000  # points along one side
PARVIS_FILE_CHECK = datetime.timedelta(seconds=20)  # of processor, to look at one file in a process of its own
PARVIS_FILE_ORPHAN = datetime.timedelta(days=1)  # how old a file that no row knows must be to be swept
PARVIS_CLAMAV_TIMEOUT = datetime.timedelta(seconds=30)
PARVIS_LETTER_CHUNK = 100  # letters of a batch between two commits: what a killed import does again
PARVIS_LETTER_ZIP = 60_000_000  # bytes of letters in one ZIP
PARVIS_LETTER_ZIP_LETTERS = 300  # letters in one ZIP
PARVIS_LETTER_RECALL = datetime.timedelta(days=10)  # a letter about money that nobody opened: its readers are recalled
PARVIS_LETTER_RECALL_ADMINISTRATORS = datetime.timedelta(days=20)  # and who administers
PARVIS_LETTER_RECALL_LIMIT = datetime.timedelta(days=60)  # an older letter is recalled to nobody any more
PARVIS_LETTER_DRAFT_RETENTION = datetime.timedelta(days=1)  # a letter that an adviser uploaded and did not confirm
PARVIS_EXCHANGES_PAGE = 25  # exchanges on a page
PARVIS_EXCHANGE_TEXT = 5_000  # characters of one message
PARVIS_EXCHANGE_FILES = 10  # files of one message
PARVIS_EXCHANGE_DRAFTS = 5  # requests that one person has begun in an establishment
PARVIS_EXCHANGE_DRAFT_RETENTION = datetime.timedelta(days=30)  # one that was begun and not sent, from its last words
PARVIS_EXCHANGE_COMPLEMENT_DAYS = 10  # working days that are proposed to answer what a fund asks for
PARVIS_EXCHANGE_COMPLEMENT_LIMIT = datetime.timedelta(days=120)  # the furthest day that an adviser may choose
PARVIS_EXCHANGE_SILENCE = datetime.timedelta(days=30)  # an answer to which nobody replies closes the exchange
PARVIS_EXCHANGE_REOPEN = datetime.timedelta(days=60)  # how long a closed one may be reopened
PARVIS_EXCHANGE_RETENTION_YEARS = 3  # of a closed one, with its messages and files
PARVIS_DOSSIERS_PAGE = 25  # dossiers on a page
PARVIS_DOSSIER_DRAFTS = 20  # requests that one person has begun in an establishment and not sent
PARVIS_DOSSIER_FILES = 40  # files of one dossier, former versions among them
PARVIS_DOSSIER_PIECE_DAYS = 10  # working days that are proposed to send a document that a fund asks for
PARVIS_DOSSIER_PIECE_LIMIT = datetime.timedelta(days=180)  # the furthest day that an adviser may choose
PARVIS_DOSSIER_TWO_ADVISERS = 500_000  # cents: from that much on, money that a fund gives back takes two advisers
PARVIS_DOSSIER_SHOWN = datetime.timedelta(days=365)  # how long a closed one stays among those under way
PARVIS_DOSSIER_DRAFT_RETENTION = datetime.timedelta(days=180)  # one that was begun and not sent, from its last words
PARVIS_DOSSIER_RETENTION_YEARS = 10  # of a closed one: it may have moved public money
PARVIS_HEALTH_DISK = 2_000_000_000  # bytes that should be free where files are kept
PARVIS_HEALTH_WAIT = datetime.timedelta(minutes=30)  # a message that was due for so long is told
PARVIS_SIRENE_STRIDE = 250_000  # lines of INSEE's files between two commits: what a killed run reads again
PARVIS_IMPORT_SIZE = 5_000_000  # bytes of a file of accounts
PARVIS_IMPORT_UNPACKED = 60_000_000  # bytes of a workbook once unpacked
PARVIS_IMPORT_LINES = 5_000
PARVIS_IMPORT_SHEETS = 500  # hand-over sheets in one PDF; more are given in several
PARVIS_IMPORT_RETENTION = datetime.timedelta(hours=24)  # between the preview and its confirmation, then to print sheets

# Contributions: accounts, payments received, due notices.
PARVIS_BANK_PAYMENT_RETENTION_YEARS = 10  # who paid, in the bank's words
PARVIS_BANK_FILE_LIMIT = 50_000_000  # bytes of one statement
PARVIS_PAYMENT_TARGET_DAYS = 3  # working days in which an adviser sees to a transfer that waits
PARVIS_PAYMENT_SOON_DAYS = 5  # days before a due date on which paying it is a task
PARVIS_DUE_NOTICE_DAYS = 10  # days before a due date on which its notice is sent
PARVIS_STATEMENT_MONTH = 5  # in which the yearly statements of account are sent
PARVIS_WAIVER_DAYS = 30  # late at most, for a waiver of surcharges
PARVIS_WAIVER_DELAYS = 2  # a year at most, for a waiver of surcharges
PARVIS_WAIVER_DIRECTOR = 10_000_000  # cents of a waiver up to which the director decides, the board beyond
PARVIS_LEDGER_FOLLOWED_DAYS = 60  # how far back `parvis daily` looks for payments that came late

# Agents: list, affiliations, files.
PARVIS_DECLARATION_BATCH = 1_000  # individuals of a declaration that are checked and written at a time
PARVIS_ANOMALIES_PAGE = 50  # anomalies on a page
PARVIS_CORRECTION_TASK = datetime.timedelta(days=7)  # a correction that was begun and not applied is a task
PARVIS_CORRECTION_RECALL = datetime.timedelta(days=14)  # and who may correct is told of it
PARVIS_DSN_TRIES = 5  # how often a file is begun again after a deadlock
PARVIS_DSN_RETENTION_YEARS = 10  # a declaration that was received
PARVIS_DSN_PEOPLE_RETENTION_YEARS = 3  # what it said of somebody in whom something was wrong
PARVIS_AGENTS_PAGE = 25  # agents on a page
PARVIS_AGENT_AHEAD_MONTHS = 3  # how far ahead an affiliation, new hours or a departure may be declared
PARVIS_AGENT_DRAFTS = 10  # affiliations that one person has begun in an establishment
PARVIS_AGENT_DRAFT_RETENTION = datetime.timedelta(days=30)  # one that was begun and not declared, from its last words
PARVIS_AGENT_FILE_SIZE = 10_000_000  # bytes of a file of agents
PARVIS_AGENT_FILE_LINES = 20_000  # lines of a file of agents
PARVIS_AGENT_FILE_RETENTION = datetime.timedelta(hours=24)  # between the preview of a file and its confirmation
PARVIS_AGENT_RETENTION_YEARS = 80  # from the birth of an agent who has left, as for the file of a career
