"""Forms whose fields leave the browser's own form alone.

A control named `method` takes the place of `form.method` for every script on the page, and one named `submit` of the
form's verb. Such a field keeps its name in Python, and has `_field` behind it in HTML.
"""

from django import forms

_OF_A_FORM = """
acceptCharset accessKey action activeViewTransition addEventListener after animate append appendChild assignedSlot
attachInternals attachShadow attributes attributeStyleMap autocapitalize autocomplete autocorrect autofocus baseURI
before blur checkValidity checkVisibility childElementCount childNodes children classList className click
clientHeight clientLeft clientTop clientWidth cloneNode closest compareDocumentPosition computedStyleMap constructor
contains contentEditable currentCSSZoom customElementRegistry dataset dir dispatchEvent draggable editContext
elements elementTiming encoding enctype enterKeyHint firstChild firstElementChild focus focusGroup focusGroupStart
getAnimations getAttribute getAttributeNames getAttributeNode getAttributeNodeNS getAttributeNS
getBoundingClientRect getClientRects getElementsByClassName getElementsByTagName getElementsByTagNameNS getHTML
getRootNode hasAttribute hasAttributeNS hasAttributes hasChildNodes hasOwnProperty hasPointerCapture hidden
hidePopover id inert innerHTML innerText inputMode insertAdjacentElement insertAdjacentHTML insertAdjacentText
insertBefore isConnected isContentEditable isDefaultNamespace isEqualNode isSameNode lang lastChild lastElementChild
length localName lookupNamespaceURI lookupPrefix matches method moveBefore name namespaceURI nextElementSibling
nextSibling nodeName nodeType nodeValue nonce normalize noValidate offsetHeight offsetLeft offsetParent offsetTop
offsetWidth outerHTML outerText ownerDocument parentElement parentNode part popover prefix prepend
previousElementSibling previousSibling pseudo querySelector querySelectorAll rel releasePointerCapture relList
remove removeAttribute removeAttributeNode removeAttributeNS removeChild removeEventListener replaceChild
replaceChildren replaceWith reportValidity requestFullscreen requestPointerLock requestSubmit reset role scroll
scrollBy scrollHeight scrollIntoView scrollIntoViewIfNeeded scrollLeft scrollTo scrollTop scrollWidth setAttribute
setAttributeNode setAttributeNodeNS setAttributeNS setHTML setHTMLUnsafe setPointerCapture shadowRoot showPopover
slot spellcheck startViewTransition style submit tabIndex tagName target textContent title toggleAttribute
togglePopover toString translate valueOf virtualKeyboardPolicy when writingSuggestions
"""
#: What a form of HTML is and can do: HTMLFormElement with all it inherits, without event handlers and constants.
FORM_PROPERTIES = frozenset(_OF_A_FORM.split())


def html_name(name: str) -> str:
    """The name of a control in HTML: that of its field, unless the browser's form has a property of that name."""
    return f"{name}_field" if name in FORM_PROPERTIES else name


class Form(forms.Form):
    """A form no field of which hides a property of the browser's."""

    def add_prefix(self, field_name: str) -> str:
        return html_name(super().add_prefix(field_name))
