"""How operators' passwords are hashed: Argon2id, with OWASP's memory rather than Django's 100 MiB.

Anyone may ask for a password to be hashed, so what it costs is also what an attacker can
have the server spend. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Hashes made with other costs are made anew when their operator signs in."""

    memory_cost = 46 * 1024  # KiB
    time_cost = 2
    parallelism = 1
