"""A kernel of JupyterLab: `python -P -m helpers.operate.lab.kernel -f …`, and what has JupyterLab start it so.

A notebook finds the modules that lie beside it, but last: none of them stands in for one of Python's or of a library.
"""

import sys

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

from helpers.run import interpreter

USUAL = ["-m", "ipykernel_launcher"]


class KernelSpecs(KernelSpecManager):
    """The kernels there are; those of this very Python are started as this module says."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """As JupyterLab asks for it before each start."""
        spec = super().get_kernel_spec(kernel_name)
        if spec.argv[0] in {"python", "python3", sys.executable} and spec.argv[1:3] == USUAL:
            spec.argv[1:3] = ["-P", *interpreter.flags(), "-m", "helpers.operate.lab.kernel"]
        return spec


def main() -> None:
    """Run it until JupyterLab ends it."""
    from ipykernel.kernelapp import launch_new_instance  # noqa: PLC0415 — JupyterLab itself runs no cell

    sys.path.append("")  # IPython leaves it where it is; it would put it before the libraries
    launch_new_instance()


if __name__ == "__main__":
    main()
