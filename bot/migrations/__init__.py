"""How the bot's database came to be what it is: one step a file, run in order by `bot.database` at each start.

Steps only add: tables, or columns that may be empty. So the version before keeps working on a newer database, which
lets replicas be rolled one by one, and rolled back. Tables as the code uses them now are declared where they are used.
"""
