# この本の命令。`make` だけで一覧が出ます。
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
UV := $(shell command -v uv 2>/dev/null)
BOOK := _build/html/index.html
BRIEFINGS := _build/ready/.made
WRITERS := book/briefing.ipynb $(shell find src -name "*.py" -o -name "*.css" -o -name "*.j2")
SOURCES := _config.yml _toc.yml $(wildcard book/*.ipynb book/_static/*) $(shell find src/cyberbook -type f -not -path "*/__pycache__/*") $(shell find data -type f)

# Without compiled files every kernel starts three times slower.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help setup book test run pdf briefing pictures lab serve check lint bench lock clean

help: ## この一覧を出す
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(READY) ## .venv に、固定した版の道具とこのパッケージを入れる

# uv takes a sixth of pip's time; where it is missing, the locked one is fetched first, by its hash.
$(READY): requirements.txt pyproject.toml
	test -x $(BIN)/python || $(if $(UV),$(UV) venv --quiet --python $(PYTHON) .venv,$(PYTHON) -m venv .venv)
	$(if $(UV),,test -x $(BIN)/uv || { sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > .venv/uv.txt && $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt; })
	$(or $(UV),$(BIN)/uv) pip sync --quiet --python $(BIN)/python --build-constraints requirements.txt requirements.txt
	$(or $(UV),$(BIN)/uv) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

book: $(BOOK) ## 本を組む（_build/html/index.html）

# The briefings that the book offers; they bear the date of the last change, so that every clone makes the same.
$(BRIEFINGS): $(READY) $(WRITERS) $(shell find data -type f)
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || date +%s) $(BIN)/python -m cyberbook.briefing.produce --all --out $(@D)
	touch $@

$(BOOK): $(READY) $(SOURCES) $(BRIEFINGS)
	$(BIN)/jupyter-book build . --all -W -n --keep-going --quiet
	touch $@

test: $(READY) $(BOOK) ## すべての試験（pytest と、すべての章の nbval）を並べて走らせる
	$(BIN)/python -m pytest -n auto --dist loadscope --nbval book tests

run: $(READY) ## すべての章を実行し直す（データが同じなら差分は出ない）
	$(BIN)/python -m cyberbook.run

briefing: $(READY) ## ブリーフィングを作る（MINISTRY=総務省、AREA=3、MEASURE=2-11 のどれか、STAGE=16months、FY=2024、ALL=1、OUT=フォルダー）
	$(BIN)/python -m cyberbook.briefing.produce --ministry "$$MINISTRY" --area "$$AREA" --measure "$$MEASURE" --stage "$${STAGE:-initial}" --fy "$$FY" --out "$${OUT:-_build/briefing}" $(if $(ALL),--all)

pictures: $(BRIEFINGS) ## 「ブリーフィングの作り方」の見本の画像を作り直す（LibreOffice が要る）
	$(BIN)/python -m cyberbook.briefing.pictures

lab: $(READY) ## 章を JupyterLab で開く
	$(BIN)/jupyter lab book

pdf: $(BOOK) ## 本の全体を一つの PDF にする（_build/html/_files/cyberbudget.pdf）
	$(BIN)/python -m cyberbook.pdf

serve: $(BOOK) ## 本を http://localhost:8000/ で見る
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

check: $(READY) ## 資料の数字が合うかを確かめる
	$(BIN)/python -m cyberbudget check

lint: $(READY) ## コードの形と型を確かめる
	$(BIN)/ruff check . && $(BIN)/ruff format --check src tests && $(BIN)/mypy

bench: $(READY) ## 速さと重さを、床やほかの道具と比べて測る
	$(BIN)/python tests/bench.py

lock: $(READY) ## pyproject.toml から requirements.txt を作り直す
	$(or $(UV),$(BIN)/uv) pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-header --output-file requirements.txt pyproject.toml

clean: ## 作ったものを消す（.venv と _build）
	rm -rf .venv _build
