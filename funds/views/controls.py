"""The decisions about changes of a fund's controls."""

from funds.services.controls import approve_change, reject_change

from .deciding import approval, refusal

approve_control_change = approval(approve_change, "The change is approved.")
reject_control_change = refusal(reject_change, "The change is turned down.")
