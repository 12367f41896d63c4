"""The `parvis` command: prepares the environment, chooses the database role, runs one word.

Every fault that is expected is one French sentence on the standard error and the exit code 2.
"""

import errno
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from parvis.config import environment
from parvis.config.environment import Fault
from parvis.ground.database import roles
from parvis.ground.database.places import EmbeddedError

# These write tables or see every establishment: the migrations' role. All others: the application's.
OWNER_WORDS = {
    *("migrate", "makemigrations", "sqlmigrate", "showmigrations", "squashmigrations", "optimizemigration"),
    *("flush", "dbshell", "test", "loaddata", "dumpdata", "seed", "daily", "sessions"),
    *("employers", "sirene", "contracts", "establishments", "advisers", "letters", "payments", "dsn"),
}
HELP = """\
Usage : parvis MOT …

  demo                       démarrer la démonstration (Ctrl+C l’arrête)
  demo clock +20d|-3h|reset  avancer, reculer ou remettre à l’heure l’horloge de la démonstration
  demo reset                 vider la démonstration
  migrate                    créer les tables ou les mettre à jour
  seed                       écrire les données de démonstration
  employers import FICHIER   importer le répertoire des employeurs
  sirene import UNITES ETABLISSEMENTS [SUCCESSIONS]
                             suivre les fichiers mensuels de l’Insee
  contracts import FICHIER   importer les contrats avec les fonds
  letters import BORDEREAU DOSSIER
                             déposer un lot de courriers des fonds
  payments import FICHIER …  importer les relevés bancaires des fonds (CAMT.053 ou CSV)
  dsn receive DOSSIER        recevoir les DSN que remet Net-entreprises
  dsn generate DOSSIER       produire des DSN d’essai (« parvis dsn generate --help »)
  establishments mark SIRET  indiquer qu’un établissement peut agir pour d’autres (unmark : qu’il ne le peut plus)
  advisers add|close|list …  les comptes des conseillers (« parvis advisers add --help »)
  daily                      les travaux de chaque jour
  regulations show NOM --on DATE
                             une valeur de la réglementation, son acte et sa confiance
  health                     vérifier ce dont le site a besoin : base, disque, antivirus, envois
  sessions end …             fermer les sessions d’une personne (IDENTIFIANT) ou de tous (--all)
  web                        le site (PORT, WEB_CONCURRENCY)
  worker                     les envois de courriels et autres travaux en attente
  database roles             le script SQL qui crée les rôles, pour un serveur PostgreSQL à vous

Tout autre mot est une commande de Django : « parvis help --commands » les énumère.
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the words given (those of the command line by default), then exit."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # Not an abrupt end: what was started must be stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        _run(words)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as fault:
        sentence = _sentence(fault)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        sys.exit(2)
    sys.exit(0)


def _run(words: list[str]) -> None:
    if not words or words[0] in ("-h", "--help", "aide"):
        print(HELP, end="")
    elif words[0] == "database":
        if words[1:] != ["roles"]:
            raise Fault("« parvis database » ne connaît qu’un mot : « parvis database roles ».")
        print(roles.script(), end="")
    elif words[0] == "regulations":
        from parvis.config import regulations

        print(regulations.run(words[1:]), end="")
    elif words[0] == "demo":
        _demo(words[1:])
    elif words[0] == "web":
        _web(words[1:])
    elif words[0] == "worker":
        _worker(words[1:])
    else:
        _command(words)


def _demo(words: list[str]) -> None:
    from parvis.demo import reset, supervisor

    if not words:
        supervisor.run()
    elif words[0] == "clock":
        # No database: the clock is a file. A site in production must not be taken for the demo here.
        _prepare(demo=False)
        _django(owner=False)
        # After "--": "-3h" is not an option.
        _execute(["clock", "--", *words[1:]])
    elif words == ["reset"]:
        reset.run()
    else:
        raise Fault("« parvis demo » connaît : « parvis demo », « parvis demo clock +20d », « parvis demo reset ».")


def _web(words: list[str]) -> None:
    if words:
        raise Fault("« parvis web » ne prend pas d’argument : PORT et WEB_CONCURRENCY le règlent.")
    from parvis.config.web import Web

    _prepare(demo=False)
    with environment.database(owner=False):
        _check()
        Web(f"{os.environ.get('PARVIS_BIND') or '127.0.0.1'}:{environment.port()}").run()


def _worker(words: list[str]) -> None:
    _prepare(demo=False)
    with environment.database(owner=False):
        _check()
        _execute(["procrastinate", "worker", *words])


def _check() -> None:
    _django(owner=False)
    from parvis.config import startup

    startup.check()


def _command(words: list[str]) -> None:
    _prepare(demo=words[0] == "seed")
    owner = words[0] in OWNER_WORDS
    with environment.database(owner=owner):
        _django(owner=owner)
        _execute(words)


def _prepare(*, demo: bool) -> None:
    """The data directory, and whether this is the demo: asked for, or running, or on the embedded server."""
    environment.data_dir()
    running = environment.running_demo()
    own = environment.own_server()
    if running and not running.embedded and not own:
        raise Fault(
            "La démonstration qui tourne utilise un serveur PostgreSQL à vous : "
            "donnez ici aussi ses adresses, DATABASE_URL et DATABASE_OWNER_URL."
        )
    if demo or running or not own or os.environ.get("PARVIS_DEMO") == "1":
        environment.demo_environment()


def _django(*, owner: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "parvis.config.settings_owner" if owner else "parvis.config.settings"
    import django

    django.setup()


def _execute(words: list[str]) -> None:
    """Run a Django management command; its faults come out as exceptions."""
    from django.core.management import ManagementUtility, get_commands

    name, *rest = words
    if name == "help":
        ManagementUtility(["parvis", *words]).execute()
        return
    if name not in get_commands():
        raise Fault(f"Le mot « {name} » n’existe pas : « parvis --help » énumère ceux qui existent.")
    command = ManagementUtility(["parvis", *words]).fetch_command(name)
    command._called_from_command_line = True  # type: ignore[attr-defined]
    options = vars(command.create_parser("parvis", name).parse_args(rest))
    positional = options.pop("args", ())
    command.execute(*positional, **options)


def _sentence(fault: Exception) -> str | None:
    """The sentence for an expected fault, None for a mistake of ours, whose traceback is wanted."""
    if isinstance(fault, (Fault, EmbeddedError, roles.RoleRefused)):
        return str(fault)
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Le disque est plein : libérez de la place, puis recommencez."
    if isinstance(fault, PermissionError) and fault.filename:
        return f"Impossible d’écrire ou de lire {fault.filename} : changez ses droits ou choisissez PARVIS_DATA_DIR."
    # An address that cannot be read is found while the settings load: the only ValueError that is a sentence of ours.
    if isinstance(fault, ValueError) and _raised_in(fault, "addresses.py"):
        return str(fault)
    return _django_sentence(fault)


def _django_sentence(fault: Exception) -> str | None:
    if "django" not in sys.modules:
        return None
    from django.core.management import CommandError
    from django.db import OperationalError, ProgrammingError

    from parvis.config.startup import StartupRefused, unreachable

    if isinstance(fault, (CommandError, StartupRefused)):
        return str(fault)
    text = str(fault)
    if isinstance(fault, OperationalError):
        full = "No space left on device" in text
        return "Le disque de la base de données est plein." if full else unreachable(fault)
    if isinstance(fault, ProgrammingError) and "does not exist" in text:
        return "La base de données n’est pas à jour : lancez « parvis migrate », puis recommencez."
    return None


def _raised_in(fault: Exception, name: str) -> bool:
    step: Any = fault.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and Path(step.tb_frame.f_code.co_filename).name == name


if __name__ == "__main__":
    main()
