"""Example content for trying the site out: invented people only, marked on every page, removed by one command.

Institutions, officials, accounts, topics, meetings and their forum carry `is_example`; comments belong to an example
topic; categories and estates are known by their names (people.CATEGORIES, people.ESTATES). Accounts have addresses
at example.invalid, to which no letter is ever queued (participants.outbox), and no password.
"""
