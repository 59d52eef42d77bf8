"""A folder of an analyst's scratch files, each of the name of a module that a page needs: imported, one says so and fails."""

# What Python looks for before the first line of ours; in a folder of PYTHONPATH most of them stop every program.
FIRST = ("enum", "functools", "collections", "operator", "re", "types", "sitecustomize", "helpers")
MODULES = """
IPython asyncio click contextlib csv dataclasses datetime decimal email helpers inspect ipykernel jinja2 json
logging matplotlib multiprocessing nbclient nbconvert nbformat numpy pandas papermill pathlib random secrets
shutil signal site socket string subprocess tempfile threading tornado tqdm traceback traitlets typing
usercustomize uuid zmq
"""
SAYS = "open({log!r}, 'a').write(__name__ + ' ')\nraise RuntimeError('見本ではない')\n"


def put(folder, log, *, without=()):
    """Files of these names, folders of every third, and settings of matplotlib; what is imported is written to a log."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(name for name in (*MODULES.split(), *FIRST) if name not in without):
        path = folder / f"{name}.py" if number % 3 else folder / name / "__init__.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SAYS.format(log=str(log)), encoding="utf-8")
    (folder / "matplotlibrc").write_text("figure.dpi: 31\n", encoding="utf-8")
