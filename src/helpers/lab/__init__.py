"""A notebook of the project → JupyterLab on it: Japanese menus, no request beyond this machine, no setting of anybody's touched."""

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
        notebook: Which stands in front, by its name.
        port: Where it listens; a free one from 8888 on where not said.
        browser: Whether to open one.
        allow_root: Whether root may; JupyterLab gives whoever reaches it all that its user can.

    Raises:
        Refusal: No such notebook, or root without leave.
    """
    if getattr(os, "geteuid", lambda: -1)() == 0 and not allow_root:
        raise Refusal(
            "管理者（root）のままでは開きません。ふつうの利用者で動かすか、承知のうえで gyokaku lab --allow-root としてください。"
        )
    words = arguments(project, notebook, port=port, browser=browser, allow_root=allow_root)
    os.environ |= environment(project)
    from jupyterlab.labapp import LabApp  # noqa: PLC0415 — heavy, and it reads the environment as it is imported

    LabApp.launch_instance(argv=words)


def arguments(project: Path, notebook: str, *, port: int | None, browser: bool, allow_root: bool) -> list[str]:
    """The words JupyterLab is started with.

    Raises:
        Refusal: No such notebook.
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
        f"--LabApp.app_settings_dir={files('helpers.lab').joinpath('settings')}",
        "--ServerApp.kernel_spec_manager_class=helpers.lab.kernel.KernelSpecs",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        *([f"--ServerApp.port={port}"] if port else []),
        *([] if browser else ["--ServerApp.open_browser=False"]),
        *(["--ServerApp.allow_root=True"] if allow_root else []),
    ]


def environment(project: Path) -> dict[str, str]:
    """Where JupyterLab keeps its own things, and that its notebooks run with the Python of this project."""
    return {"JUPYTER_CONFIG_DIR": str(project / KEPT), "JUPYTER_PREFER_ENV_PATH": "1"}
