from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"

    def ready(self) -> None:
        from cases.jobs import waiting
        from workers.telling import tell_a_worker

        waiting.connect(tell_a_worker, dispatch_uid="workers.tell_a_worker")
