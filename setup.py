"""Data travel with the package: a wheel holds a copy of data/, and of the chapter that briefings are made from, which
the repository has once."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithData(build_py):
    """Put both into the package; an editable install reads the repository's own."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            self.copy_tree("data", str(Path(self.build_lib, "cyberbudget", "data")))
            self.copy_file("book/briefing.ipynb", str(Path(self.build_lib, "cyberbook", "briefing", "briefing.ipynb")))


setup(cmdclass={"build_py": WithData})
