"""What the worker does with notices."""

from notices import delivering
from service.duty import Duty

DUTIES = (
    Duty("notices: deliver what is due", 2.0, delivering.deliver_due),
    Duty("notices: give up and clear what is old", 600.0, delivering.give_up_and_clear),
)
