"""How pages write what belongs to funds."""

from django import template

from funds.calc import bank_numbers

register = template.Library()

register.filter("masked", bank_numbers.masked)
