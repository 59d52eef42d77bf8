"""Opens a notebook in JupyterLab: with Japanese menus, without requests to other machines, and without touching anybody's settings."""

import os
from importlib.resources import files
from pathlib import Path

from helpers.terms import Refusal, quoted

NOTEBOOKS = "notebooks"
# What JupyterLab keeps for itself (open tabs, a chosen theme) stays in the project, outside of git and of ~/.jupyter.
KEPT = ".lab"


def run(project: Path, notebook: str, *, port: int | None, browser: bool, allow_root: bool) -> None:
    """Opens JupyterLab and waits until it is closed.

    Args:
        project: The folder that holds `notebooks/`; what the file list shows.
        notebook: The name of the notebook to open.
        port: The port to listen on; by default the first free one from 8888.
        browser: Whether to open a browser.
        allow_root: Whether root may run it; whoever can reach JupyterLab can do everything its user can.

    Raises:
        Refusal: There is no such notebook, or root runs it without `allow_root`.
    """
    if getattr(os, "geteuid", lambda: -1)() == 0 and not allow_root:
        raise Refusal(
            "管理者（root）のままでは開きません。ふつうの利用者で動かすか、承知のうえで gyokaku lab --allow-root としてください。"
        )
    words = arguments(project, notebook, port=port, browser=browser, allow_root=allow_root)
    os.environ |= environment(project)
    from jupyterlab.labapp import LabApp  # noqa: PLC0415 — heavy, and it reads the environment when imported

    LabApp.launch_instance(argv=words)


def arguments(project: Path, notebook: str, *, port: int | None, browser: bool, allow_root: bool) -> list[str]:
    """The command-line arguments for JupyterLab.

    Raises:
        Refusal: There is no such notebook.
    """
    name = notebook.removesuffix(".ipynb")
    known = sorted(path.stem for path in (project / NOTEBOOKS).glob("*.ipynb"))
    if name not in known:
        raise Refusal(
            f"ノートブック「{quoted(notebook)}」は {project / NOTEBOOKS} にありません。あるもの: {'、'.join(known) or 'なし'}。"
        )
    return [
        f"--ServerApp.root_dir={project}",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOKS}/{name}.ipynb",
        f"--LabApp.app_settings_dir={files('helpers.operate.lab').joinpath('settings')}",
        "--ServerApp.kernel_spec_manager_class=helpers.operate.lab.kernel.KernelSpecs",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        *([f"--ServerApp.port={port}"] if port else []),
        *([] if browser else ["--ServerApp.open_browser=False"]),
        *(["--ServerApp.allow_root=True"] if allow_root else []),
    ]


def environment(project: Path) -> dict[str, str]:
    """Environment variables that keep JupyterLab's own files in the project and run its notebooks with this project's Python."""
    return {"JUPYTER_CONFIG_DIR": str(project / KEPT), "JUPYTER_PREFER_ENV_PATH": "1"}
