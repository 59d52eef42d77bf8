"""The engine that papermill loads by name: `papermill --engine gyokaku in.ipynb out.ipynb`.

Whoever imports papermill imports this file, in the middle of papermill's own import: it stands on nothing else at first.
"""

from collections.abc import Mapping

from papermill.engines import NBClientEngine


class Gyokaku(NBClientEngine):
    """Papermill's own engine, over a forked kernel where this machine can fork and the notebook is Python."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: object, kernel_name: str, **options: object) -> object:
        """As papermill's own, with the kernel that this engine is about."""
        from helpers.run import warm  # noqa: PLC0415

        if warm.is_possible() and _is_python(nb_man.nb.metadata, kernel_name):
            warm.start_server()  # it imports while this process does
            from helpers.run.kernels.forked import ForkedKernel  # noqa: PLC0415

            options.setdefault("kernel_manager_class", ForkedKernel)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def _is_python(metadata: Mapping, kernel_name: str) -> bool:
    return kernel_name.startswith("python") or metadata.get("kernelspec", {}).get("language") == "python"
