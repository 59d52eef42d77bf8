"""The office around the pages: the hourly run, its schedule, deliveries, the doctor and JupyterLab. It alters no page."""
