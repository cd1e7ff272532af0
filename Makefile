# この本の命令。`make` だけで一覧が出ます。どれも .venv の cyberbook を呼ぶだけです。
PYTHON ?= $(shell command -v python3 || echo python)
CYBERBOOK := .venv/bin/cyberbook

# Without compiled files every kernel starts three times slower.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUTF8 = 1

# What make was given by name, on its command line or for briefings by the environment; cyberbook says what it does
# not know. Values go through the environment, where no shell reads them.
ASKED := MINISTRY AREA MEASURE FY STAGE ALL OUT TEMPLATE SHORT LONG
NAMED = $(foreach name,$(1),$(if $(filter $(2),$(firstword $(origin $(name)))),$(name)="$$$(name)"))
GIVEN = $(strip $(call NAMED,$(filter-out PYTHON CYBERBOOK SHELL MAKEFLAGS,$(.VARIABLES)),command) \
	$(if $(filter briefing,$@),$(call NAMED,$(ASKED),environment)))

.DEFAULT_GOAL := help
.PHONY: help setup book pages test run pdf briefing pictures lab serve check new rs lint bench lock clean

help: ## この一覧を出す
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: ## .venv に、固定した版の道具とこのパッケージを入れる
	@$(PYTHON) src/cyberbook/install.py

book: setup ## 本を組む（_build/html/index.html）
	@$(CYBERBOOK) book $(GIVEN)

pages: setup ## 頁だけを組む（PDF とブリーフィングは後回し）
	@$(CYBERBOOK) pages $(GIVEN)

test: setup ## 本を組み、すべての試験（pytest と、すべての章の nbval）を並べて走らせる
	@$(CYBERBOOK) test $(GIVEN)

run: setup ## すべての章を実行し直す（データが同じなら差分は出ない）
	@$(CYBERBOOK) run $(GIVEN)

briefing: setup ## ブリーフィングを作る（MINISTRY=総務省、AREA=3、MEASURE=2-11 のどれか。二つ以上は , で区切る。STAGE=16months、FY=2024、ALL=1、OUT=フォルダー、TEMPLATE=own.pptx、SHORT=1、LONG=1）
	@$(CYBERBOOK) briefing $(GIVEN)

pictures: setup ## 「ブリーフィングの作り方」の見本の画像を作り直す（LibreOffice が要る）
	@$(CYBERBOOK) pictures $(GIVEN)

lab: setup ## 章を JupyterLab で開く
	@$(CYBERBOOK) lab $(GIVEN)

pdf: setup ## 本の全体を一つの PDF にする（_build/html/_files/cyberbudget.pdf）
	@$(CYBERBOOK) pdf $(GIVEN)

serve: setup ## 本を http://localhost:8000/ で見る
	@$(CYBERBOOK) serve $(GIVEN)

check: setup ## 資料の数字が合うかを確かめる
	@$(CYBERBOOK) check $(GIVEN)

new: setup ## 次の年度の資料のフォルダーを作る（YEAR=2025）
	@$(CYBERBOOK) new "$$YEAR"

rs: setup ## 行政事業レビューの CSV（FILE=ファイル）を data/context と比べる（WRITE=1 で書き込む）
	@$(CYBERBOOK) rs "$$FILE" $(if $(WRITE),--write)

lint: setup ## コードの形と型を確かめる
	@$(CYBERBOOK) lint $(GIVEN)

bench: setup ## 速さと重さを、床やほかの道具と比べて測る
	@$(CYBERBOOK) bench $(GIVEN)

lock: setup ## pyproject.toml から requirements.txt を作り直す
	@$(CYBERBOOK) lock $(GIVEN)

clean: ## 作ったものを消す（.venv と _build）
	rm -rf .venv _build
