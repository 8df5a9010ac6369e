// Says in words that a passkey did not work, where the library would only write to the console.
(function () {
  'use strict'
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    const error = event.detail && event.detail.exception
    const stopped = error && (error.name === 'NotAllowedError' || error.name === 'AbortError')
    say(stopped
      ? 'No passkey was given. Try again, or use another way.'
      : 'This device or address cannot use a passkey here. Use another way.')
  })

  function say (words) {
    const place = document.getElementById('messages')
    if (!place) return
    const box = document.createElement('div')
    const text = document.createElement('div')
    box.className = 'message message-warning'
    text.textContent = words
    box.append(text)
    place.replaceChildren(box)
  }
})()
