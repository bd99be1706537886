from django.apps import AppConfig


class VendorConfig(AppConfig):
    """Adds the counting vendor to the processes of the fault tests."""

    name = "tests.faults.vendor"

    def ready(self) -> None:
        from tests.faults.vendor.provider import register

        register()
