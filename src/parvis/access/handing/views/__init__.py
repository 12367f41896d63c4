"""Pages of absences, hand-overs and deputies."""
