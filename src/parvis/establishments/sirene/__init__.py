"""INSEE's stock files, once a month: legal units, establishments, successions.

`files` opens and walks them, `reading` says what is kept of a line, `words` how it is written, `running` goes through a
run that may be killed, `applying` compares what was kept with the directory.
"""
