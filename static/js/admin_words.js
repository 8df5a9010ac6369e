"use strict";
// What Django's admin asks its catalogue of translations, which is a request on every page: here all is in English.
const gettext = (text) => text;
const ngettext = (one, many, count) => (count === 1 ? one : many);
const interpolate = (text, values, named) =>
  named
    ? text.replace(/%\(\w+\)s/g, (name) => String(values[name.slice(2, -2)]))
    : text.replace(/%s/g, () => String(values.shift()));
