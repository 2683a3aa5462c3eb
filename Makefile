# Aliases for fingers that type `make`; the work is in dev.py.
PYTHON ?= python3
DOORS := run test load lint lock build browser screenshots messages

.PHONY: help quick fix $(DOORS)

help:
	@$(PYTHON) dev.py --help

$(DOORS):
	@$(PYTHON) dev.py $@

quick:
	@$(PYTHON) dev.py test --quick

fix:
	@$(PYTHON) dev.py lint --fix
