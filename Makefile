# The daily commands. `make` alone lists them, from the `##` comments below.
# Only relative paths are used, so that the folder's own name may hold spaces.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
CHROMIUM := /usr/bin/chromium
MUTATION := cosmic-ray==8.7.0
MUTATION_ENV := build/mutants-venv
VALIDATOR := vnu-jar@26.9.27
VALIDATOR_SHA512 := 4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428
VALIDATOR_JAR := .venv/validator/vnu.jar
# One more than there are cores, up to four: some tests wait, for cron's minute, a kernel or a page. What pytest makes of the tests'
# sources is kept also where Python is told to keep nothing: each process would make it again, three quarters of its start.
PYTEST := cores="$$(getconf _NPROCESSORS_ONLN)"; PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n "$$((cores < 3 ? cores + 1 : 4))" --dist loadgroup
LOCK_COMMAND := uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-config -o requirements.lock

.DEFAULT_GOAL := help
.PHONY: help setup browser validator schedulers briefs test check screens pictures bench mutants lab docs kit lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# The stamp records what .venv was made from. It is deleted before the work starts, so an interrupted set-up starts
# again from the beginning. A moved folder or a replaced Python also starts again, since the commands in .venv hold
# absolute paths. The path to src/ is relative: Python decodes it by the locale and fails on a Japanese folder name.
# An unpacked kit (kit.json) has an installer of its own, which needs no network.
setup: ## Make .venv from requirements.lock; nothing to do while lock and pyproject.toml stay the same
	@made_from="$$(cat requirements.lock pyproject.toml | cksum) $$(pwd)"; \
	made_before="$$(cat $(STAMP) 2>/dev/null)"; \
	works() { $(BIN)/python -c 'import pip' 2>/dev/null; }; \
	if [ "$$made_before" = "$$made_from" ] && works; then exit 0; fi; \
	if ! command -v "$(PYTHON)" >/dev/null || \
		! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Python 3.11 以上が必要です（$(PYTHON) では動きません）。Debian・Ubuntu では: apt-get install python3 python3-venv" >&2; \
		echo "Python 3.11 or newer is needed ($(PYTHON) is not). On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; \
		echo "別の場所にあるとき / if it is elsewhere: make PYTHON=/path/to/python3.11 …" >&2; exit 1; fi; \
	if ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "仮想環境を作る部品がありません。次を実行してから、もう一度お試しください: apt-get install python3-venv" >&2; \
		echo "This Python cannot make virtual environments. Run this, then try again: apt-get install python3-venv" >&2; \
		exit 1; fi; \
	if [ -f kit.json ]; then exec "$(PYTHON)" -I src/helpers/operate/kit/install.py --quiet; fi; \
	echo "環境を用意しています（初回は1～2分） / setting up .venv (a minute or two the first time)" >&2; \
	rm -f $(STAMP); \
	case "$$made_before" in *" $$(pwd)") works || made_before= ;; *) made_before= ;; esac; \
	export PIP_DISABLE_PIP_VERSION_CHECK=1; \
	if [ -z "$$made_before" ]; then "$(PYTHON)" -m venv --clear .venv || exit 1; fi; \
	$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock && \
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e . && \
	for pth in .venv/lib/python3*/site-packages/_gyokaku.pth; do echo ../../../../src > "$$pth" || exit 1; done && \
	echo "$$made_from" > $(STAMP)

# $(call install,PACKAGES,purpose in Japanese,in English) installs Debian packages if this user may; otherwise it prints a
# sentence in both languages and fails.
define install
if [ "$$(id -u)" = 0 ]; then as_root=; \
elif sudo -n true 2>/dev/null; then as_root="sudo -n"; \
else as_root=no; fi; \
if [ "$$as_root" = no ] || ! command -v apt-get >/dev/null; then \
	echo "$(2)に必要です: apt-get install $(1)（なしで試すには make check）" >&2; \
	echo "Needed for $(3): apt-get install $(1) (without: make check)" >&2; exit 1; fi; \
echo "$(1) を入れています / installing $(1)" >&2; \
$$as_root apt-get update -qq && \
$$as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 $(1) >/dev/null || exit 1
endef

# Chromium prints. The one without a window measures the same pages in half of its time; who has chromium can do without.
browser: ## Install Debian's chromium for the browser tests, where that is allowed
	@[ -x $(CHROMIUM) ] && { [ -x $(CHROMIUM)-headless-shell ] || [ "$$(id -u)" != 0 ]; } && exit 0; \
	$(call install,chromium chromium-headless-shell,ブラウザの試験,the browser tests)

# The Nu checker is a Java program, distributed by npm. It is kept in .venv, outside git, and used only if its hash is the known one.
validator: setup ## Fetch the Nu checker for the tests of HTML, where that is allowed
	@[ -f $(VALIDATOR_JAR) ] && command -v java >/dev/null && exit 0; \
	needed="$$(command -v java >/dev/null || echo default-jre-headless) $$(command -v npm >/dev/null || echo npm)"; \
	if [ -n "$${needed# }" ]; then $(call install,$$needed,HTML の検査,the tests of HTML); fi; \
	folder="$$(dirname $(VALIDATOR_JAR))"; rm -rf "$$folder"; mkdir -p "$$folder"; \
	npm pack --silent $(VALIDATOR) --pack-destination "$$folder" >/dev/null && \
	echo "$(VALIDATOR_SHA512)  $$(ls "$$folder"/*.tgz)" | sha512sum --check --quiet && \
	tar -xzf "$$folder"/*.tgz -C "$$folder" package/build/dist/vnu.jar && \
	mv "$$folder/package/build/dist/vnu.jar" $(VALIDATOR_JAR) && rm -r "$$folder"/*.tgz "$$folder/package"

schedulers: ## Install systemd-analyze and cron for the tests of schedules, where that is allowed
	@needed="$$(command -v systemd-analyze >/dev/null || echo systemd) \
		$$([ -x /usr/sbin/cron ] && command -v crontab >/dev/null || echo cron)"; \
	needed="$$(echo $$needed)"; \
	[ -n "$$needed" ] || exit 0; \
	$(call install,$$needed,予定の試験,the tests of schedules)

briefs: setup ## Build what is due of every plan and year under data/ into reports/ (FORCE=1 builds all of it)
	@$(BIN)/gyokaku build $(if $(FORCE),--force)

# Compiled first, so that no process of the tests compiles the package again where Python is told to keep nothing.
COMPILE := $(BIN)/python -m compileall -q src && env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c "import helpers.pages.ready"

test: setup browser validator schedulers ## Run everything: style, all tests, the browser
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(COMPILE)
	@$(PYTEST)

check: setup ## Run what takes seconds, before each commit
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(COMPILE)
	@$(PYTEST) -m "not slow and not browser"

screens: setup browser ## Write pictures of every page, made-up strained years included, into build/screens/
	@$(BIN)/python tests/strained.py build/screens

pictures: setup browser ## Make the pictures in docs/ again from the pages under reports/; commit them together
	@$(BIN)/python bench/pictures.py

bench: setup ## Measure what bench/README.md publishes (minutes)
	@$(BIN)/python bench/corruption.py
	@$(BIN)/python bench/corruption_of_formats.py
	@$(BIN)/python bench/planted.py
	@$(BIN)/python bench/metrics_scale.py
	@$(BIN)/python bench/growth.py
	@$(BIN)/python bench/planning.py
	@$(BIN)/python bench/faults.py
	@$(BIN)/python bench/determinism.py
	@$(BIN)/python bench/nation.py
	@$(BIN)/python bench/speed.py
	@$(BIN)/python bench/speed.py --processor

# What changes the code is not what runs it: it has an environment of its own, which nobody needs who does not ask for it.
mutants: setup ## Count changes to the code that no fast test notices (hours; MODULE=compute, SAMPLE=300, RESUME=yes)
	@if [ ! -f "$(MUTATION_ENV)/$(MUTATION)" ]; then \
		$(BIN)/python -m venv --clear $(MUTATION_ENV) && $(MUTATION_ENV)/bin/python -m pip install -qq "$(MUTATION)" && \
		touch "$(MUTATION_ENV)/$(MUTATION)" || exit 1; fi; \
	$(BIN)/python bench/mutants.py $(MODULE) $(SAMPLE:%=--sample %) $(SEED:%=--seed %) $(RESUME:yes=--resume)

lab: setup ## Open JupyterLab on the project, the analyst's bench in front
	@$(BIN)/gyokaku lab $$([ "$$(id -u)" != 0 ] || echo --allow-root)

docs: setup ## Make docs/metrics.md and data/README.md again, from what they describe
	@$(BIN)/python -m helpers.terms.documents

kit: setup ## Write build/gyokaku-kit-….zip: what installs on a machine without a network (minutes, 800 MB)
	@$(BIN)/python -m helpers.operate.kit

lock: ## Resolve requirements.lock again, keeping what still fits (LOCK_FLAGS=--upgrade takes newer releases)
	@resolver="$$(mktemp -d)"; trap 'rm -rf "$$resolver"' EXIT; \
	"$(PYTHON)" -m venv "$$resolver" && "$$resolver/bin/pip" install -qq uv packaging && \
	PATH="$$resolver/bin:$$PATH" $(LOCK_COMMAND) -q $(LOCK_FLAGS) --custom-compile-command "$(LOCK_COMMAND)" && \
	PYTHONPATH=src "$$resolver/bin/python" -m helpers.operate.kit --of-lock "$$resolver/bin/uv"
