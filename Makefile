# Two targets do all the set-up on a machine with Python 3.11 or later and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
RUN := $(BIN)/python
# Imports are slow when bytecode may not be kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test slow validate mutate cluster browser benchmark lint constraints clean

demo: $(VENV)/installed
	$(RUN) -m sim scenario=close_small_units

test: $(VENV)/installed
	$(RUN) -m pytest -n 2 --dist worksteal

# Long tests, but for those of tests/theory and tests/published, which are the validation suite.
slow: $(VENV)/installed
	$(RUN) -m pytest -n 2 --dist worksteal -m slow --ignore=tests/cluster --ignore=tests/theory --ignore=tests/published

# What is published and what is exact, beside ours: prints the table of cases, writes results/validation.md.
validate: $(VENV)/installed
	$(RUN) -m tests.validate

# Faults put into the engines and the access core, one at a time: which does no quick test find? About half an hour.
mutate: $(VENV)/installed
	$(RUN) -m pip install -q -c constraints.txt -e ".[mutation]"
	$(RUN) tests/mutation/run.py

# Sweeps on a real Slurm, where its daemons are installed; elsewhere the tests say why they are skipped.
cluster: $(VENV)/installed
	$(RUN) -m pip install -q -c constraints.txt -e ".[cluster]"
	$(RUN) -m pytest -m slow tests/cluster -vv -rs --durations=0

# Reports in a real browser, where Chromium and npm are installed; elsewhere the tests say why they are skipped.
browser: $(VENV)/installed
	$(RUN) -m pip install -q -c constraints.txt -e ".[browser]"
	-npm install --no-save --no-audit --no-fund --prefix build/axe axe-core@4
	$(RUN) -m pytest tests/browser -v -rs

benchmark: $(VENV)/installed
	$(RUN) -m pip install -q -c constraints.txt -e ".[benchmark]"
	$(RUN) tests/benchmarks/run.py

lint: $(VENV)/installed
	$(RUN) -m ruff check .

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	$(RUN) -m compileall -q sim scenarios
	$(RUN) -c "open('$(VENV)/installed', 'w').close()"

constraints:
	$(RUN) -m pip install -q uv
	$(RUN) -m uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header --extra test --extra notebook --extra cluster --extra browser --extra mutation pyproject.toml -o constraints.txt

clean:
	$(PYTHON) -c "import shutil; shutil.rmtree('$(VENV)', ignore_errors=True)"
