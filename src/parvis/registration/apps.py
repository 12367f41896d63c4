from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "parvis.registration"
    label = "registration"

    def ready(self) -> None:
        from parvis.ground import files
        from parvis.identity.providers import purposes
        from parvis.registration import deciding, kept, kinds, letters, steps  # noqa: F401  (declare themselves)
        from parvis.registration.actions.proving import PURPOSE as DOCUMENTS
        from parvis.registration.actions.proving import kept_files
        from parvis.registration.views.provider import INSTEAD, PURPOSE, take

        purposes.register(PURPOSE, take, instead=INSTEAD, again="registration:provider")
        files.register(DOCUMENTS, kept_files)
